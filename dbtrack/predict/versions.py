"""What an older server refuses, although the copy in the embedded server accepts it."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.predict.forms import Parsed, form_of_command
from dbtrack.predict.script import Statement

_WORDS: Sequence[tuple[tuple[str, ...], int]] = (
    (("NOT", "ENFORCED"), 18),
    (("VIRTUAL",), 18),
    (("WITHOUT", "OVERLAPS"), 18),
    (("SET", "EXPRESSION"), 17),
    (("STORAGE", "DEFAULT"), 16),
)


def refused_by(statement: Statement, parsed: Parsed, major: int) -> str | None:
    """Return the message for a statement whose syntax a server of that major version does not know."""
    if statement.words[0] not in {"ALTER", "CREATE"} or parsed.form == "function":
        return None
    words = statement.words
    for phrase, since in _WORDS:
        if major < since and any(words[n : n + len(phrase)] == phrase for n in range(len(words))):
            return f"{' '.join(phrase)} needs PostgreSQL {since}; this server is {major}"
    if major < 18 and _is_named_not_null(words):
        return f"ADD CONSTRAINT … NOT NULL needs PostgreSQL 18; this server is {major}"
    return None


def refused_for_partitions(parsed: Parsed, major: int) -> str | None:
    """Return the message for a statement on a partitioned table that a server of that version refuses."""
    if major < 18 and any(
        form_of_command(command) == "add foreign key not valid" for command in parsed.commands
    ):
        return f"NOT VALID foreign key on a partitioned table needs PostgreSQL 18; this server is {major}"
    return None


def _is_named_not_null(words: Sequence[str]) -> bool:
    if words[:2] != ("ALTER", "TABLE") or "CONSTRAINT" not in words:
        return False
    behind = words[words.index("CONSTRAINT") + 2 :]
    return tuple(behind[:2]) == ("NOT", "NULL")
