"""Splitting a client's string into statements, without a parser: comments, literals, quotes and words."""

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
_QUOTED = re.compile(r"""(?:[A-Za-z]&?)?(?P<quote>'|"|\$\w*\$)(?P<inside>.*?)(?:(?P=quote))?""", re.DOTALL)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    LITERAL = "literal"
    SYMBOL = "symbol"


@dataclass(frozen=True)
class Token:
    """One word, quoted name, literal or symbol, and where it stands in the whole string."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """A word in upper case; empty for any other token."""
        return self.text.upper() if self.kind is Kind.WORD else ""

    @property
    def inside(self) -> str:
        """What a literal or a quoted name holds between its quotes."""
        match = re.fullmatch(
            r"(?:[A-Za-z]&?)?'(.*?)'?|\$\w*\$(.*?)(?:\$\w*\$)?|(?:[uU]&)?\"(.*?)\"?", self.text, re.DOTALL
        )
        return next((group for group in match.groups() if group is not None), "") if match else self.text


@dataclass(frozen=True)
class Statement:
    """One statement of a string.

    Args:
        text: as it stands there, without the semicolon and what surrounds it.
        start: where in the string, in characters from 0.
    """

    text: str
    start: int
    tokens: tuple[Token, ...]


def tokens(text: str) -> Iterator[Token]:
    """Return the tokens, without white space and comments."""
    position = 0
    while match := _TOKEN.match(text, position):
        kind = str(match.lastgroup)
        position = match.end()
        if kind == "comment":
            position = _comment_end(text, position)
        elif kind != "space":
            yield Token(Kind(kind), match[0], match.start())


def split(text: str) -> list[Statement]:
    """Return the statements of the string; semicolons in brackets or BEGIN ATOMIC … END do not count."""
    statements: list[Statement] = []
    current: list[Token] = []
    depth = _Depth()
    for token in tokens(text):
        if token.text == ";" and depth.is_outside:
            _append(statements, text, current)
            current, depth = [], _Depth()
        else:
            depth.pass_over(token)
            current.append(token)
    _append(statements, text, current)
    return statements


class _Depth:
    """Whether a place is inside brackets or inside BEGIN ATOMIC … END."""

    def __init__(self) -> None:
        self._brackets = 0
        self._blocks = 0
        self._previous = ""

    @property
    def is_outside(self) -> bool:
        return self._brackets <= 0 and self._blocks <= 0

    def pass_over(self, token: Token) -> None:
        word = token.word
        if token.text in "()":
            self._brackets += 1 if token.text == "(" else -1
        elif (word == "ATOMIC" and self._previous == "BEGIN") or (word == "CASE" and self._blocks):
            self._blocks += 1
        elif word == "END" and self._blocks:
            self._blocks -= 1
        self._previous = word


def _append(statements: list[Statement], text: str, current: list[Token]) -> None:
    if current:
        start = current[0].start
        statements.append(Statement(text[start : current[-1].end], start, tuple(current)))


def _comment_end(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return position
