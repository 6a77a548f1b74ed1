"""Split SQL text into words, names, literals and symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n\r]*)
  | (?P<comment>/\*)
  | (?P<literal>
        [eE]'(?:[^'\\]|''|\\.)*(?:'|\Z)
      | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|\Z)
      | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
    )
  | (?P<name>(?:[uU]&)?"(?:[^"]|"")*(?:"|\Z))
  | (?P<word>[^\W\d][\w$]*)
  | (?P<symbol>\d[\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Kind(Enum):
    """The kind of a token."""

    WORD = "word"
    NAME = "name"
    LITERAL = "literal"
    SYMBOL = "symbol"


@dataclass(frozen=True)
class Token:
    """One word, quoted name, literal or symbol, with its offset in the whole string."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset of its end."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The word in upper case; empty for any other token."""
        return self.text.upper() if self.kind is Kind.WORD else ""

    @property
    def inside(self) -> str:
        """The text between the quotes of a literal or a quoted name."""
        match = re.fullmatch(
            r"(?:[A-Za-z]&?)?'(.*?)'?|\$\w*\$(.*?)(?:\$\w*\$)?|(?:[uU]&)?\"(.*?)\"?", self.text, re.DOTALL
        )
        return next((group for group in match.groups() if group is not None), "") if match else self.text


def tokens(text: str, position: int = 0) -> Iterator[Token]:
    """Return the tokens from a position on, without white space and comments."""
    while match := _TOKEN.match(text, position):
        kind = str(match.lastgroup)
        position = match.end()
        if kind == "comment":
            position = _comment_end(text, position)
        elif kind != "space":
            yield Token(Kind(kind), match[0], match.start())


def _comment_end(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return position
