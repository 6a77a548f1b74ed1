"""Makes text from the database harmless to show: no control character reaches a terminal raw."""

from __future__ import annotations

import re

# C0, DEL and C1 steer a terminal; the bidirectional controls and line separators make text read as
# something that it is not; lone surrogates cannot be encoded.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What JSON itself leaves as it is, though a terminal may act on it.
_JSON_LEAVES = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# An underscore inside a word is plain text in GitHub's dialect: order_items needs no backslash.
_MARKDOWN_ACTIVE = re.compile(r"[\\`*\[<>|~&]|(?<!\w)_|_(?!\w)")


def visible(text: str, *, keep_newlines: bool = False) -> str:
    r"""The text with each control character as its escape (``\x1b``, ``\n``, ``\u202e``)."""
    if keep_newlines:
        return "\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n"))
    return _CONTROLS.sub(_escape, text)


def visible_json(document: str) -> str:
    """Serialised JSON with the controls that JSON would pass through written as JSON escapes."""
    return _JSON_LEAVES.sub(lambda match: f"\\u{ord(match.group()):04x}", document)


def visible_markdown(text: str) -> str:
    """The text as one cell of a Markdown table, so that it renders as itself."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "<br>".join(_MARKDOWN_ACTIVE.sub(r"\\\g<0>", visible(line)) for line in lines)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
