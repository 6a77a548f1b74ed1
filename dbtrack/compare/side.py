"""One of the two databases that are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from dbtrack import sql_files
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError, NotInstalledError

_LOCK_MILLISECONDS = 5000
_HAS_RECORD = "SELECT pg_catalog.to_regclass('script_tracking.script_execution_s') IS NOT NULL"


@dataclass(frozen=True)
class Change:
    """Who changed an object last, and in which operation, as far as the record shows."""

    login: str
    changed_at: datetime
    execution_hk: bytes
    operation: str | None


@dataclass(frozen=True)
class Side:
    """A database, and the name by which the output calls it.

    Args:
        name: the environment, or the database's name.
        has_record: whether dbtrack is installed and the login may look for it.
    """

    name: str
    database: Database
    has_record: bool

    @classmethod
    def of(cls, name: str, database: Database) -> Side:
        """Return the side of a connected database."""
        return cls(name, database, bool(database.value(_HAS_RECORD)))

    def require_record(self) -> None:
        """Refuse a database without dbtrack.

        Raises:
            NotInstalledError: there is no record to compare.
        """
        if not self.has_record:
            raise NotInstalledError(
                f"dbtrack is not installed in {self.name}", hint="--definitions compares without a record"
            )

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.database.server_version // 10000

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Open a transaction in which everything is read as of one moment, and names have their schemas."""
        with suppress(DbtrackError):
            # An earlier version has no such function, and a database without dbtrack none at all.
            self.database.call("record_access", p_report_name="compare")
        with self.database.transaction():
            self.database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self.database.execute(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}")
            self.database.execute("SET LOCAL search_path = pg_catalog, pg_temp")
            self.database.execute("SET LOCAL quote_all_identifiers = off")
            yield

    def definitions(self, schemas: Sequence[str] | None, *, privileges: bool) -> Iterator[Row]:
        """Yield type, identity, whole and definition of each object, in order."""
        values = {"schemas": None if schemas is None else list(schemas), "privileges": privileges}
        return self.database.stream(sql_files.query("compare/definitions"), values)

    def executions(self, types: Sequence[str], tenant: str | None) -> Iterator[Row]:
        """Yield one row for each name of an operation, in order."""
        values = {"types": list(types), "tenant": tenant}
        return self.database.stream(sql_files.query("compare/executions"), values)

    def last_changes(self, identities: Sequence[str]) -> dict[str, Change]:
        """Return who changed these objects last; those that the record does not know are missing."""
        if not self.has_record or not identities:
            return {}
        rows = self.database.rows(sql_files.query("compare/last_changes"), {"identities": list(identities)})
        return {row[0]: Change(*row[1:]) for row in rows}
