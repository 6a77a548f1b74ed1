"""Decode literals, because the server's messages show values rather than escapes."""

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
# The server may show one value of a connection string alone. No part of the expression can match beyond a
# second "://", so the work stays proportional to the length.
_PART = re.compile(
    r"(?:pass\w{0,30}|pwd|pw|secret|token|key)\s*=\s*(?:'([^']*)'|([^\s,;&)']+))"
    r"|://[^:/\s@]*:((?:(?!://)\S)*)@",
    re.IGNORECASE,
)
# A function body with dynamic SQL has two or three levels. Each level is parsed once more.
_DEEPEST = 8


class NestedTooDeeplyError(Exception):
    """Dollar quotes are nested too deeply."""


def values_of(token: Token) -> Iterator[str]:
    """Return the values of a literal: as written, decoded, and those of the literals inside it.

    Raises:
        NestedTooDeeplyError: the literal is nested too deeply to know all values.
    """
    level = [token]
    for _ in range(_DEEPEST):
        for literal in level:
            yield from _own_values(literal)
        level = [inner for literal in level for inner in _literals_inside(literal)]
        if not level:
            return
    raise NestedTooDeeplyError


def _own_values(token: Token) -> Iterator[str]:
    inside = token.inside
    yield inside
    decoded = _decoded(token.text, inside)
    yield decoded
    for match in _PART.finditer(decoded):
        yield next(part for part in match.groups() if part is not None)


def _literals_inside(token: Token) -> Iterator[Token]:
    if token.text.startswith("$"):
        yield from (inner for inner in tokens(token.inside) if inner.kind is Kind.LITERAL)


def _decoded(text: str, inside: str) -> str:
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
