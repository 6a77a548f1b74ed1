"""Server time of the questions about the history of objects: names, blame, log, differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psycopg

from bench.place import Connection
from bench.timing import Milliseconds, median, table
from dbtrack import schema, sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind

_VERSIONS_EACH = 10
_OBJECTS_A_STEP = 10_000
_PARENTS = ("script_execution_s", "object_s")
_INDEXES = (
    "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
    "WHERE i.indrelid = ANY ('{script_tracking.script_execution_s,script_tracking.object_s}'::regclass[]) "
    "AND NOT i.indisprimary"
)

_Case = tuple[str, Mapping[str, object]]


def run(connection: Connection, rows: int, rounds: int) -> str:
    """Fill a database with so many versions, ask each question once a round, and return the table."""
    with _database(connection) as database:
        note = _fill(database, rows)
        cases = _cases(database)
        taken: dict[str, list[tuple[Milliseconds, Milliseconds]]] = defaultdict(list)
        for _ in range(rounds):
            for name, case in cases.items():
                taken[name].append(_timed(database, case))
    body = {
        name: [median([one[0] for one in found]), median([one[1] for one in found])]
        for name, found in taken.items()
    }
    title = f"{rows // _VERSIONS_EACH:,} objects, {rows:,} versions: milliseconds at the server"
    return table(title, ["processor", "with waiting"], body) + f"\n\n{note}\n"


@contextmanager
def _database(connection: Connection) -> Iterator[Database]:
    name = "dbtrack_bench_objects"
    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    connection.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(connection.info.dsn, dbname=name, autocommit=True) as own:
        own.prepare_threshold = None
        yield Database.wrap(own)
    connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _fill(database: Database, rows: int) -> str:
    schema.install(database)
    now = datetime.now(UTC)
    database.execute("SET synchronous_commit = off")
    database.execute("SET ROLE dbtrack_owner")
    _make_months(database, now - timedelta(days=400), now)
    database.execute("RESET ROLE")
    indexes = database.rows(_INDEXES)
    for index, _ in indexes:
        database.execute(f"DROP INDEX script_tracking.{index}")
    text = (Path(__file__).parent / "objects.sql").read_text()
    objects = rows // _VERSIONS_EACH
    for first in range(1, objects + 1, _OBJECTS_A_STEP):
        database.execute(
            text, {"first": first, "last": min(objects, first + _OBJECTS_A_STEP - 1), "now": now}
        )
    for _, definition in indexes:
        database.execute(definition.replace(" ON ONLY ", " ON "))
    database.execute("VACUUM ANALYZE script_tracking.object_s, script_tracking.script_execution_s")
    size = database.value(
        "SELECT pg_size_pretty(sum(pg_total_relation_size(relid))) "
        "FROM pg_partition_tree('script_tracking.object_s')"
    )
    return f"object_s: {size} with its indexes, 12 months"


def _make_months(database: Database, first: datetime, last: datetime) -> None:
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (month.year, month.month) < (last.year, last.month):
        for parent in _PARENTS:
            database.execute(
                "SELECT script_tracking.create_partition(%(parent)s, %(name)s, %(month)s)",
                {"parent": parent, "name": f"{parent}_{month:%Y_%m}", "month": month},
            )
        month = (month + timedelta(days=32)).replace(day=1)


def _cases(database: Database) -> dict[str, _Case]:
    """Return the statement and the values of each question, bound once: that is part of no question."""
    now = datetime.now(UTC)

    def report(name: str, **arguments: object) -> _Case:
        return sql_files.report(name), bind(database, REPORTS[name], arguments)

    def window(hours: int) -> _Case:
        since = now - timedelta(hours=hours)
        return sql_files.query("objects/differences"), {"since": since, "until": None, "objects": None}

    by_name = "SELECT * FROM script_tracking.get_objects(%(name)s)"
    parts = (
        "SELECT p.* FROM script_tracking.get_objects(%(name)s) AS o "
        "CROSS JOIN LATERAL script_tracking.get_object_parts(ARRAY[o.object_hk], %(moment)s) AS p"
    )
    then = now - timedelta(days=100)
    return {
        "name to object": (by_name, {"name": "public.t_77"}),
        "as of a time, 10 columns": (parts, {"name": "public.t_77", "moment": then}),
        "as of a time, 50 columns": (parts, {"name": "public.t_2", "moment": then}),
        "as of a time, 5,009 versions": (parts, {"name": "public.t_1", "moment": now}),
        "blame, 10 columns": report("blame", object="public.t_77"),
        "blame, 50 columns": report("blame", object="public.t_2"),
        "blame, 5,009 versions": report("blame", object="public.t_1"),
        "log, the last 20": report("log", object="public.t_77", limit=20),
        "log, the last 20 of 5,009": report("log", object="public.t_1", limit=20),
        "diff of an hour": window(1),
        "diff of a day": window(24),
        "grants to a role on 1 % of all": report("grants", to="reporting"),
    }


def _timed(database: Database, case: _Case) -> tuple[Milliseconds, Milliseconds]:
    schedule = Path(f"/proc/{database.raw.info.backend_pid}/schedstat")
    query, values = case
    before, start = _processor(schedule), perf_counter()
    database.rows(query, values)
    return (_processor(schedule) - before) / 1e6, (perf_counter() - start) * 1000


def _processor(schedule: Path) -> int:
    return int(schedule.read_text().split()[0]) if schedule.exists() else 0
