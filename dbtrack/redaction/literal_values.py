"""What a literal stands for: the server's messages show values, not the escapes they were written with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtrack.redaction.sql_tokens import Kind, Token, tokens

_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", re.DOTALL
)
_UNICODE_ESCAPE = re.compile(r"[^\w\s'\"+]([0-9A-Fa-f]{4})|[^\w\s'\"+]\+([0-9A-Fa-f]{6})")
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LAST_CHARACTER = 0x10FFFF
# What a connection string says may be shown without the rest of it.
_PART = re.compile(
    r"(?:pass\w*|pwd|secret|token|\w*key)\s*=\s*(?:'([^']*)'|([^\s,;&)']+))|://[^:/\s]*:([^\s]*)@",
    re.IGNORECASE,
)


def values_of(token: Token) -> Iterator[str]:
    """Return what may be shown of a literal: as it is written, what it stands for, and what stands in it."""
    inside = token.inside
    yield inside
    spelled = _spelled(token.text, inside)
    yield spelled
    for match in _PART.finditer(spelled):
        yield next(part for part in match.groups() if part is not None)
    if token.text.startswith("$"):
        for inner in tokens(inside):
            if inner.kind is Kind.LITERAL:
                yield from values_of(inner)


def _spelled(text: str, inside: str) -> str:
    plain = inside.replace("''", "'")
    if text[:2] in {"e'", "E'"}:
        return _ESCAPE.sub(_escaped, plain)
    return _UNICODE_ESCAPE.sub(_unicode, plain) if text[:2] in {"u&", "U&"} else plain


def _escaped(match: re.Match[str]) -> str:
    hexadecimal = match[1] or match[2] or match[3]
    if hexadecimal or match[4]:
        return _character(int(hexadecimal, 16) if hexadecimal else int(match[4], 8))
    return _CONTROLS.get(match[5], match[5])


def _unicode(match: re.Match[str]) -> str:
    return _character(int(match[1] or match[2], 16))


def _character(code: int) -> str:
    return chr(code) if code <= _LAST_CHARACTER else ""
