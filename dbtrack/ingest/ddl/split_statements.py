"""Split a client's query string into statements, without a full parser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack.redaction.sql_tokens import Kind, Token, tokens
from dbtrack.redaction.statement_nesting import StatementNesting

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
    nesting = StatementNesting()
    for token in tokens(text):
        if token.text == ";" and nesting.is_outside:
            _append(statements, text, current)
            current, nesting = [], StatementNesting()
        else:
            nesting.pass_over(token)
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


def _append(statements: list[Statement], text: str, current: list[Token]) -> None:
    if current:
        start = current[0].start
        statements.append(Statement(text[start : current[-1].end], start, tuple(current)))
