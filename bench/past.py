"""A history of the past, made by the server in one call a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.place import Connection

_INDEXES = (
    "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
    "WHERE i.indrelid = 'script_tracking.script_execution_s'::regclass AND NOT i.indisprimary"
)
_FIRST_HOUR = {"day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}


def month_start(months_ago: int) -> datetime:
    """The first moment of a month, in UTC."""
    first = datetime.now(UTC).replace(**_FIRST_HOUR)
    for _ in range(months_ago):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def make_past(
    connection: Connection, executions: int, months: int, tenants: Sequence[bytes] | None = None
) -> None:
    """Spread so many executions evenly over the last months before this one, and over tenants."""
    connection.execute((Path(__file__).parent / "past.sql").read_bytes())
    for ago in range(months, 0, -1):
        parameters = (month_start(ago), executions // months, tenants)
        connection.execute("SELECT bench_past(%s, %s, %s::bytea[])", parameters)
    connection.execute("DROP FUNCTION bench_past")
    connection.execute("ANALYZE")


@contextmanager
def indexes_afterwards(connection: Connection) -> Iterator[None]:
    """Create the indexes of the versions, but for the primary key, after they were written."""
    indexes = connection.execute(_INDEXES).fetchall()
    for index, _ in indexes:
        connection.execute(f"DROP INDEX script_tracking.{index}".encode())
    yield
    for _, definition in indexes:
        connection.execute(definition.replace(" ON ONLY ", " ON ").encode())
