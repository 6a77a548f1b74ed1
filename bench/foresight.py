"""Server time of trends, forecasts, advice and anomalies, on counts of two years of 13,700 a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import psycopg

from bench.place import Connection
from bench.reports import fill_months, processor_milliseconds, temporary_database
from bench.timing import Milliseconds, median, table
from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind

Case = tuple[str, Mapping[str, object]]

_ROWS_A_DAY = 13_700
_REAL_DAYS = 100
_TIMES = 6
_TENANT = "tenant-7"
_CALLS = 7


def run(connection: Connection, rounds: int) -> str:
    """Fill a database and return the table of all calls."""
    with temporary_database(connection, "foresight") as database:
        fill(database)
        return measure(database, rounds)


def fill(database: Database) -> None:
    """Record three months and repeat their counts before them until there are two years."""
    first = datetime.now(UTC) - timedelta(days=_REAL_DAYS * (_TIMES + 1))
    fill_months(database, first, _REAL_DAYS, _REAL_DAYS * _ROWS_A_DAY)
    repeat(database)


def repeat(database: Database) -> None:
    """Repeat the counts that there are, and count the weeks."""
    text = (Path(__file__).parent / "foresight.sql").read_text()
    database.execute(text, {"times": _TIMES})
    database.execute((Path(__file__).parent / "first_seen.sql").read_text())
    for step in ("advance_rollups", "advance_rollup_days"):
        while database.call_value(step) == "more":
            pass
    database.execute(
        "VACUUM ANALYZE script_tracking.rollup_day, script_tracking.rollup_week, "
        "script_tracking.rollup_total, script_tracking.rollup_tenant, script_tracking.first_seen"
    )


def cases() -> Iterator[Case]:
    """Each call that the command line offers: the report and its arguments."""
    for tenant in (None, _TENANT):
        for step, by in product(("hour", "day", "week"), (None, "type", "tenant", "name")):
            yield "trends", {"step": step, "by": by, "tenant": tenant}
        for is_all in (False, True):
            yield "anomalies", {"all": is_all, "tenant": tenant}
        for kind in (None, "operation", "failure", "partitions", "retention", "size"):
            yield "forecast", {"kind": kind, "tenant": tenant}
        for kind in (None, "failure", "lock", "slower", "build", "behind", "invalid", "grant"):
            yield "advise", {"kind": kind, "tenant": tenant}


def measure(database: Database, rounds: int = _CALLS) -> str:
    """The first call of a session, and the median of further ones, of each case."""
    body = {}
    for name, arguments in cases():
        with psycopg.connect(database.raw.info.dsn, autocommit=True) as connection:
            connection.prepare_threshold = None
            session = Database.wrap(connection)
            taken = [_milliseconds(session, name, arguments) for _ in range(rounds + 1)]
        body[_title(name, arguments)] = [taken[0], median(taken[1:])]
    return table("Processor milliseconds of the server", ["first of a session", "warm"], body)


def _milliseconds(database: Database, name: str, arguments: Mapping[str, object]) -> Milliseconds:
    values = bind(Database.wrap(database.raw), REPORTS[name], arguments)
    before = processor_milliseconds(database)
    database.rows(sql_files.report(name), values)
    return processor_milliseconds(database) - before


def _title(name: str, arguments: Mapping[str, object]) -> str:
    words = [
        f"--{key} {value}" if value is not True else f"--{key}" for key, value in arguments.items() if value
    ]
    return " ".join([name, *words])
