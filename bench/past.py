"""A history of the past, made by the server in one call a month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.place import Connection

_FIRST_HOUR = {"day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}


def month_start(months_ago: int) -> datetime:
    """The first moment of a month, in UTC."""
    first = datetime.now(UTC).replace(**_FIRST_HOUR)
    for _ in range(months_ago):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def make_past(connection: Connection, executions: int, months: int) -> None:
    """Spread so many executions evenly over the last months before this one."""
    connection.execute((Path(__file__).parent / "past.sql").read_bytes())
    for ago in range(months, 0, -1):
        connection.execute("SELECT bench_past(%s, %s)", (month_start(ago), executions // months))
    connection.execute("DROP FUNCTION bench_past")
    connection.execute("ANALYZE")
