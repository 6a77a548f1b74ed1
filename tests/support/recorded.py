"""What dbtrack recorded of a database's DDL, for the tests to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.witness import Connection

_CURRENT = """
SELECT metadata ->> 'command_tag', execution_status, affected_objects, db_session_user, sql_command, metadata
FROM script_tracking.script_execution_s
WHERE script_type = 'DDL_AUTO' AND load_end_date IS NULL AND version_number > %s
ORDER BY version_number
"""
_LAST = "SELECT coalesce(max(version_number), 0) FROM script_tracking.script_execution_s"


@dataclass(frozen=True)
class Recorded:
    """The current version of a captured execution."""

    tag: str
    status: str
    objects: list[str]
    login: str
    statement: str
    metadata: dict[str, Any]


class Record:
    """Reads what was recorded.

    Args:
        connection: a superuser's, to a database with dbtrack installed, in autocommit mode.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.warnings: list[str] = []
        connection.add_notice_handler(lambda notice: self.warnings.append(notice.message_primary or ""))

    def of(self, *statements: str) -> list[Recorded]:
        """Run each statement by itself, and return what was recorded meanwhile, in order."""
        before = self.mark()
        for statement in statements:
            self.connection.execute(statement.encode())
        return self.since(before)

    def since(self, mark: int) -> list[Recorded]:
        """Return what was recorded after the mark."""
        return [Recorded(*row) for row in self.connection.execute(_CURRENT, (mark,))]

    def mark(self) -> int:
        """Return the mark of this moment."""
        row = self.connection.execute(_LAST).fetchone()
        assert row
        return int(row[0])
