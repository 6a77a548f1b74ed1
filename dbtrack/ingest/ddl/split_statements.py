"""Split a client's query string into statements, without a full parser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack.redaction.sql_tokens import Kind, Token, tokens

# The keywords that a statement can begin with.
_VERB = re.compile(
    "ABORT|ALTER|ANALYZE|BEGIN|CALL|CHECKPOINT|CLOSE|CLUSTER|COMMENT|COMMIT|COPY|CREATE|DEALLOCATE|DECLARE|DELETE"
    "|DISCARD|DO|DROP|END|EXECUTE|EXPLAIN|FETCH|GRANT|IMPORT|INSERT|LISTEN|LOAD|LOCK|MERGE|MOVE|NOTIFY|PREPARE"
    "|REASSIGN|REFRESH|REINDEX|RELEASE|RESET|REVOKE|ROLLBACK|SAVEPOINT|SECURITY|SELECT|SET|SHOW|START|TABLE"
    "|TRUNCATE|UNLISTEN|UPDATE|VACUUM|VALUES|WITH"
)
_QUOTE = re.compile(r"(?:[A-Za-z]&?)?(?P<quote>'|\"|\$\w*\$)")


@dataclass(frozen=True)
class Statement:
    """One statement of a query string.

    Args:
        text: as written, without the semicolon and surrounding space and comments.
        start: its offset in the query string, in characters from 0.
    """

    text: str
    start: int
    tokens: tuple[Token, ...]


def split_statements(text: str) -> list[Statement]:
    """Return the statements; semicolons inside parentheses or BEGIN ATOMIC … END do not separate."""
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


def is_complete_statement(text: str) -> bool:
    """Return whether the text can be a statement: it begins with a keyword, and all quotes are closed."""
    found = list(tokens(text))
    if not found or not (_VERB.fullmatch(found[0].word) or found[0].text == "("):
        return False
    return all(token.kind is Kind.WORD or _is_closed(token.text) for token in found)


def _is_closed(text: str) -> bool:
    match = _QUOTE.match(text)
    return match is None or (len(text) >= match.end() + len(match["quote"]) and text.endswith(match["quote"]))


class _Depth:
    """Tracks whether a token is inside parentheses or BEGIN ATOMIC … END."""

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
