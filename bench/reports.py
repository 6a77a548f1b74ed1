"""Server time of each report on a short and on a long history, for all tenants and for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import psycopg

from bench.past import indexes_afterwards
from bench.place import Connection
from bench.timing import Milliseconds, median, table
from dbtrack import retention, schema, sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind

ROWS = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
_SHAPES = {"24 months": 730, "two days": 2}
_ROWS_A_STEP = 250_000
_TENANT = "tenant-7"
_REPORTS = ("dashboard", "performance", "health", "errors", "history", "trends", "forecast", "advise")
_PARENTS = ("script_execution_h", "script_execution_s", "script_execution_parent_l")


class Taken(NamedTuple):
    """What one report took: of a processor, which others' work does not lengthen much, and by the clock."""

    processor: Milliseconds
    whole: Milliseconds


def run(connection: Connection, rows: int, rounds: int) -> str:
    """Measure both shapes with so many executions beside 100 thousand, and return the tables."""
    return "\n\n".join(_shape(connection, name, days, rows, rounds) for name, days in _SHAPES.items())


def _shape(connection: Connection, name: str, days: int, rows: int, rounds: int) -> str:
    with temporary_database(connection, "short") as short, temporary_database(connection, "long") as long:
        sizes = {"short": (short, ROWS["100k"]), "long": (long, rows)}
        notes = [
            f"{count:,} executions: {_fill(database, days, count)}" for database, count in sizes.values()
        ]
        taken: dict[tuple[str, str], list[Taken]] = defaultdict(list)
        for _ in range(rounds):
            for size, (database, _count) in sizes.items():
                retention.roll_up(database)
                for case, one in _measured(database):
                    taken[case, size].append(one)
    body = {}
    for case in dict.fromkeys(case for case, _size in taken):
        first, second = _median(taken[case, "short"]), _median(taken[case, "long"])
        body[case] = [first.processor, second.processor, second.processor / first.processor, second.whole]
    columns = [f"{ROWS['100k']:,}", f"{rows:,}", "ratio", "with waiting"]
    title = f"Executions of {name}: processor milliseconds of the server"
    return table(title, columns, body) + "\n\n" + "\n".join(notes)


def _median(values: Sequence[Taken]) -> Taken:
    return Taken(median([value.processor for value in values]), median([value.whole for value in values]))


@contextmanager
def temporary_database(connection: Connection, name: str) -> Iterator[Database]:
    """A database that is dropped afterwards."""
    database = f"dbtrack_bench_{name}"
    connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    connection.execute(f"CREATE DATABASE {database}")
    with psycopg.connect(connection.info.dsn, dbname=database, autocommit=True) as own:
        # Each report is planned with its values, as a command's first and only call is.
        own.prepare_threshold = None
        yield Database.wrap(own)
    connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


@contextmanager
def filled_database(
    connection: Connection, name: str, days: int, rows: int
) -> Iterator[tuple[Database, str]]:
    """A database with so many executions spread over so many days, and a note about it."""
    with temporary_database(connection, name) as database:
        yield database, f"{rows:,} executions: {_fill(database, days, rows)}"


def _fill(database: Database, days: int, rows: int) -> str:
    return fill_months(database, datetime.now(UTC) - timedelta(days=days), days, rows)


def fill_months(database: Database, first_month: datetime, days: int, rows: int) -> str:
    """Install, and record so many executions of so many days; partitions begin with a month of before."""
    schema.install(database)
    now = datetime.now(UTC)
    database.execute("SET synchronous_commit = off")
    database.execute(
        "INSERT INTO script_tracking.tenant_h (tenant_hk, tenant_bk, record_source) "
        "SELECT sha256(convert_to('tenant-' || n, 'UTF8')), 'tenant-' || n, 'bench' "
        "FROM generate_series(1, 400) AS n"
    )
    database.execute("SET ROLE dbtrack_owner")
    _make_months(database, first_month, now)
    database.execute("RESET ROLE")
    text = (Path(__file__).parent / "history.sql").read_text()
    with indexes_afterwards(database.raw):
        for first in range(1, rows + 1, _ROWS_A_STEP):
            last = min(rows, first + _ROWS_A_STEP - 1)
            database.execute(text, {"first": first, "last": last, "rows": rows, "now": now, "days": days})
    database.execute("ANALYZE script_tracking.script_execution_s")
    began = datetime.now(UTC)
    retention.roll_up(database)
    seconds = (datetime.now(UTC) - began).total_seconds()
    database.execute(
        "ANALYZE script_tracking.rollup_total, script_tracking.rollup_tenant, script_tracking.rollup_error"
    )
    return f"rollups built in {seconds:.0f} s; " + ", ".join(_sizes(database))


def _make_months(database: Database, first: datetime, last: datetime) -> None:
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (month.year, month.month) < (last.year, last.month):
        for parent in _PARENTS:
            database.execute(
                "SELECT script_tracking.create_partition(%(parent)s, %(name)s, %(month)s)",
                {"parent": parent, "name": f"{parent}_{month:%Y_%m}", "month": month},
            )
        month = (month + timedelta(days=32)).replace(day=1)


def _sizes(database: Database) -> Sequence[str]:
    return [
        f"{name} {size}"
        for name, size in database.rows(
            "SELECT n.name, pg_size_pretty(pg_total_relation_size(n.name::regclass) + "
            "coalesce((SELECT sum(pg_total_relation_size(p.inhrelid)) FROM pg_inherits AS p "
            "WHERE p.inhparent = n.name::regclass), 0)) "
            "FROM unnest(ARRAY['script_tracking.script_execution_s', 'script_tracking.rollup_total', "
            "'script_tracking.rollup_tenant', 'script_tracking.rollup_error']) AS n (name)"
        )
    ]


def _measured(database: Database) -> Iterator[tuple[str, Taken]]:
    for whose, tenant in (("all", None), ("one tenant", _TENANT)):
        for name in _REPORTS:
            limit = {"limit": 50} if name in ("errors", "history") else {}
            values = bind(database, REPORTS[name], {"tenant": tenant, **limit})
            text = sql_files.report(name)
            start, processor = perf_counter(), processor_milliseconds(database)
            database.rows(text, values)
            whole = (perf_counter() - start) * 1000
            used = processor_milliseconds(database) - processor
            yield f"{name}, {whose}", Taken(used or whole, whole)


def processor_milliseconds(database: Database) -> Milliseconds:
    """How long the session's backend has run on a processor; 0 where the system does not tell."""
    path = Path("/proc") / str(database.raw.info.backend_pid) / "schedstat"
    return int(path.read_text().split()[0]) / 1e6 if path.exists() else 0.0
