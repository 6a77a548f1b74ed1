"""Read names from the tokens of a statement, and write them as PostgreSQL does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dbtrack.ingest.ddl.ddl_words import QUOTED_KEYWORDS
from dbtrack.redaction.sql_tokens import Kind, Token

MOST_NAMES = 100
"""How many names of a list are kept."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_BEFORE_NAME = frozenset(
    {"TABLE", "ONLY", "IF", "NOT", "EXISTS", "CONCURRENTLY", "VERBOSE", "DATABASE", "INDEX"}
)


def quoted_name(token: Token) -> str:
    """Return a name as PostgreSQL's quote_ident writes it; any other token unchanged."""
    if token.kind is Kind.WORD:
        return token.text.lower()
    inside = token.inside.replace('""', '"')
    if token.kind is Kind.NAME and token.text.startswith('"') and _PLAIN.fullmatch(inside):
        return token.text if inside in QUOTED_KEYWORDS else inside
    return token.text


def leading_names(tokens: Sequence[Token], *, many: bool = False) -> tuple[str, ...]:
    """Return the name that the tokens begin with, as PostgreSQL writes it; if `many`, all of a list."""
    rest = list(tokens)
    names: list[str] = []
    while len(names) < MOST_NAMES:
        while rest and rest[0].word in _BEFORE_NAME:
            del rest[0]
        name, used = _qualified_name(rest)
        if not name:
            break
        names.append(name)
        if not many or rest[used : used + 1] == [] or rest[used].text != ",":
            break
        del rest[: used + 1]
    return tuple(names)


def words_outside_parentheses(tokens: Sequence[Token]) -> Iterator[str]:
    """Return the words of the tokens that no parentheses enclose; an empty text for any other token."""
    return (token.word for token, depth in with_depths(tokens) if not depth)


def with_depths(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Return each token with the number of parentheses open behind it."""
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        yield token, depth


def _qualified_name(tokens: Sequence[Token]) -> tuple[str, int]:
    parts: list[str] = []
    used = 0
    while used < len(tokens) and tokens[used].kind in {Kind.WORD, Kind.NAME}:
        token = tokens[used]
        parts.append(quoted_name(token))
        used += 1
        if used >= len(tokens) or tokens[used].text != ".":
            break
        used += 1
    return ".".join(parts), used
