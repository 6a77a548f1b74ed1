"""How quickly a vault takes executions, what each costs its processors, and how quick its reports are."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from bench.past import indexes_afterwards, make_past, month_start
from bench.place import Connection
from bench.reports import ROWS as _ROWS
from bench.timing import median, table, times
from dbtrack import schema
from dbtrack.db import Database
from dbtrack.reports import REPORTS
from dbtrack.reports import run as run_report
from dbtrack.retention import roll_up
from dbtrack.sql_files import query
from dbtrack.vault.push import BATCH_EVENTS
from dbtrack.vault.sources import add_source, make_vault

SOURCES = 200
STREAMS = 2
ROWS = {**_ROWS, "20m": 20_000_000, "50m": 50_000_000}
_MONTHS = 12
_MOST_PUSHED = 1_000_000
_SOURCE_DATABASE = "dbtrack_bench_source"
_PLACE = {"system": "1", "database": 1, "name": "bench", "version": "0"}
_KEYS = """
SELECT script_execution_hk, load_date FROM script_tracking.script_execution_s
WHERE (load_date, script_execution_hk) > (%(load_date)s, %(key)s)
ORDER BY load_date, script_execution_hk
LIMIT %(most)s
"""
# A tenant for each source, as the first push of rows without a tenant makes it.
_TENANTS = """
SELECT script_tracking.vault_tenants(v.source_name, '[{"hk": null, "bk": null, "name": null}]')
FROM script_tracking.vault_source AS v
"""
VERSIONS = 100_000
_ROUNDS = 20
# Of tables with ten columns: a version has one of them.
_OBJECTS = """
INSERT INTO script_tracking.object_s (object_hk, load_date, hash_diff, script_execution_hk, object_type,
    object_identity, cause, definition, object_bk, record_source)
SELECT sha256(convert_to(k.bk, 'SQL_ASCII')),
    statement_timestamp() - make_interval(secs => (o * %(versions)s + v) * 200),
    sha256(convert_to(jsonb_build_array(k.bk, 'table', 'public.t' || o, 'captured', NULL,
        k.definition)::text, 'UTF8')),
    sha256(convert_to(o || '-' || v, 'UTF8')), 'table', 'public.t' || o, 'captured', k.definition, k.bk,
    'bench'
FROM generate_series(1, %(objects)s) AS o
CROSS JOIN generate_series(1, %(versions)s) AS v
CROSS JOIN LATERAL (SELECT '1:pg_class:' || (20000 + o) AS bk, jsonb_build_object('column ' || v,
    jsonb_build_array('column_' || v, 'numeric(12,2)', true, 'a default that has some length'))
    AS definition) AS k
"""
_OBJECT_MONTHS = """
SELECT array_agg(DISTINCT to_char(load_date AT TIME ZONE 'UTC', 'YYYY_MM')) FROM script_tracking.object_s
"""
# Batches that are made before they are sent, so that making them is not measured.
_AHEAD = 20


@dataclass(frozen=True)
class Batch:
    """What one source sends at once."""

    token: str
    body: str


class Stream:
    """One connection to the vault; batches go through it one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._database = Database.wrap(connection)
        self._schedule = Path(f"/proc/{connection.info.backend_pid}/schedstat")

    def processor_seconds(self) -> float:
        """Return what its server process used so far; 0 where the server is elsewhere."""
        return int(self._schedule.read_text().split()[0]) / 1e9 if self._schedule.exists() else 0.0

    def send(self, batches: Sequence[Batch]) -> None:
        """Send them, each in a transaction of its own."""
        for batch in batches:
            self.ask("events", batch.token, batch.body)

    def ask(self, step: str, token: str, body: str) -> None:
        """Send a body of a step."""
        self._database.rows(query(f"vault/{step}"), {"token": token, "body": body})


def run(connection: Connection, executions: int, rounds: int) -> str:
    """Push so many executions of twelve months from 200 sources over two connections, and read reports.

    More than a million are written by the server itself, because pushing them takes hours.
    """
    vault = Database.wrap(connection)
    make_vault(vault)
    tokens = [_source(vault, number) for number in range(SOURCES)]
    if executions <= _MOST_PUSHED:
        costs, versions = _push(connection, tokens, executions)
    else:
        costs, versions = _write(connection, executions), ""
    connection.execute("VACUUM ANALYZE")
    start = perf_counter()
    roll_up(vault)
    costs["first rollup, s"] = perf_counter() - start
    connection.execute("VACUUM ANALYZE")
    costs["bytes on disk/execution"] = _database_bytes(connection) / executions
    costs["load"] = os.getloadavg()[0]
    ingestion = table(
        f"{executions:,} executions of {SOURCES} sources", [*costs], {"vault": [*costs.values()]}
    )
    sys.stderr.write(f"{ingestion}\n")
    return "\n\n".join(filter(None, [ingestion, versions, _reports(connection, rounds)]))


def _push(
    connection: Connection, tokens: Sequence[str], executions: int
) -> tuple[dict[str, float | None], str]:
    """Push them over connections that are used at once, as `dbtrack push` does; then versions of objects."""
    vault = Database.wrap(connection)
    with ExitStack() as stack:
        other = stack.enter_context(_other_database(connection, executions))
        months = {"months": [f"{month_start(ago):%Y_%m}" for ago in range(_MONTHS + 1)]}
        vault.rows(query("vault/months"), {"token": tokens[0], "body": json.dumps(months)})
        streams = [
            Stream(stack.enter_context(psycopg.connect(connection.info.dsn, autocommit=True)))
            for _ in range(STREAMS)
        ]
        used = sum(stream.processor_seconds() for stream in streams)
        seconds = _ingest(streams, _batches(Database.wrap(other), tokens))
        used = sum(stream.processor_seconds() for stream in streams) - used
        versions = _versions(other, Stream(other), streams[0], tokens[0])
    costs = {"executions/s": executions / seconds, "processor, us/execution": used / executions * 1e6}
    return costs, versions


def _write(connection: Connection, executions: int) -> dict[str, float | None]:
    """Let the server write them as they would have arrived, and build the indexes afterwards."""
    connection.execute(_TENANTS)
    tenants = [row[0] for row in connection.execute("SELECT tenant_hk FROM script_tracking.vault_tenant")]
    start = perf_counter()
    with indexes_afterwards(connection):
        connection.execute("SET synchronous_commit = off")
        make_past(connection, executions, _MONTHS, tenants)
    return {"written in, s": perf_counter() - start}


def _database_bytes(connection: Connection) -> int:
    found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(found[0]) if found else 0


def _source(vault: Database, number: int) -> str:
    token = str(add_source(vault, f"s{number:03}", login=None, expected_seconds=3600))
    vault.rows(query("vault/begin"), {"token": token, "body": json.dumps({"place": _PLACE, "last_block": 0})})
    return token


def _other_database(connection: Connection, executions: int) -> Connection:
    """Return a connection to a source that has the record; closing it leaves it to the server's end."""
    connection.execute(f"DROP DATABASE IF EXISTS {_SOURCE_DATABASE} WITH (FORCE)".encode())
    connection.execute(f"CREATE DATABASE {_SOURCE_DATABASE}".encode())
    other = psycopg.connect(connection.info.dsn, dbname=_SOURCE_DATABASE, autocommit=True)
    schema.install(Database.wrap(other))
    make_past(other, executions, _MONTHS)
    return other


def _batches(source: Database, tokens: Sequence[str]) -> Iterator[Batch]:
    """Deal the record to the sources: each gets rows of all of the time, in batches of their usual size."""
    numbers = dict.fromkeys(tokens, 1)
    after: dict[str, Any] = {"load_date": datetime(2000, 1, 1, tzinfo=UTC), "key": b""}
    most = len(tokens) * BATCH_EVENTS
    while keys := source.rows(_KEYS, {**after, "most": most}):
        after = {"load_date": keys[-1][1], "key": keys[-1][0]}
        # All versions of an execution are of one source.
        parts: dict[str, list[tuple[Any, ...]]] = {token: [] for token in tokens}
        for key in keys:
            parts[tokens[int.from_bytes(key[0][:4]) % len(tokens)]].append(key)
        for token, own in parts.items():
            if own:
                yield _batch(source, token, numbers[token], own)
                numbers[token] += len(own)


def _batch(source: Database, token: str, first: int, keys: Sequence[tuple[Any, ...]]) -> Batch:
    parameters = {"keys": [key for key, _ in keys], "load_dates": [date for _, date in keys]}
    batch: dict[str, Any] = {
        "place": _PLACE,
        "first": first,
        "chain_before": "",
        "ids": [f"{bytes(key).hex()}-{date.timestamp():.6f}" for key, date in keys],
        "last_event_at": keys[-1][1].isoformat(),
    }
    text = source.value(query("push/rows"), parameters)
    return Batch(token, f'{{"batch":{json.dumps(batch)},"rows":{text}}}')


def _ingest(streams: Sequence[Stream], batches: Iterator[Batch]) -> float:
    """Send all batches, and return the seconds while they were sent."""
    seconds = 0.0
    with ThreadPoolExecutor(len(streams)) as pool:
        while ready := list(islice(batches, _AHEAD)):
            parts = [ready[place :: len(streams)] for place in range(len(streams))]
            start = perf_counter()
            for sent in [pool.submit(stream.send, part) for stream, part in zip(streams, parts, strict=True)]:
                sent.result()
            seconds += perf_counter() - start
    return seconds


def _versions(other: Connection, there: Stream, here: Stream, token: str) -> str:
    """Measure what a version of an object costs a source and the vault, and a push that finds nothing new."""
    source = Database.wrap(other)
    source.execute(_OBJECTS, {"objects": VERSIONS // 10, "versions": 10})
    source.execute("VACUUM ANALYZE script_tracking.object_s")
    months = {"months": source.value(_OBJECT_MONTHS)}
    here.ask("months", token, json.dumps(months))
    used = there.processor_seconds(), here.processor_seconds()
    last: datetime | None = None
    sent = 0
    while True:
        ((rows, last, count, _),) = source.call("unsent_objects", p_snapshot=None, p_floor=None, p_after=last)
        if not count:
            break
        here.ask("objects", token, f'{{"place":{json.dumps(_PLACE)},"objects":{rows}}}')
        sent += count
    used = there.processor_seconds() - used[0], here.processor_seconds() - used[1]
    snapshot = source.value("SELECT pg_current_snapshot()::text")
    floor = source.value("SELECT clock_timestamp() - interval '1 hour'")
    before = there.processor_seconds()
    for _ in range(_ROUNDS):
        source.call("unsent_objects", p_snapshot=snapshot, p_floor=floor, p_after=None)
    idle = (there.processor_seconds() - before) / _ROUNDS
    return table(
        f"{sent:,} versions of objects of one source",
        ["source, us/version", "vault, us/version", "nothing new, ms", "load"],
        {"vault": [used[0] / sent * 1e6, used[1] / sent * 1e6, idle * 1e3, os.getloadavg()[0]]},
    )


def _reports(connection: Connection, rounds: int) -> str:
    """Measure reports over all sources and over one, each in a session of its own."""
    reports: dict[str, dict[str, object]] = {
        "dashboard": {"since": "365d"},
        "dashboard_by_tenant": {"since": "365d"},
        "errors": {"since": "365d"},
        "history": {"days": 365, "limit": 50},
        "performance": {"since": "365d"},
    }
    rows: dict[str, list[float | None]] = {}
    for name, arguments in reports.items():
        found = [_milliseconds(connection, name, arguments, source, rounds) for source in (None, "s007")]
        rows[name] = [*found[0], *found[1]]
    columns = ["all: clock", "all: processor", "--source: clock", "--source: processor"]
    return table(f"Reports, ms; load {os.getloadavg()[0]:.1f}", columns, rows)


def _milliseconds(
    connection: Connection, name: str, arguments: dict[str, object], source: str | None, rounds: int
) -> tuple[float, float]:
    """Return the medians by the clock, and of what the server process used."""
    with psycopg.connect(connection.info.dsn, autocommit=True) as raw:
        session, used = Database.wrap(raw), Stream(raw)
        if source is not None:
            session.call("enter_source", p_source_name=source)
        processor: list[float] = []

        def ask(_: int) -> None:
            before = used.processor_seconds()
            list(run_report(session, REPORTS[name], arguments, records_access=False))
            processor.append((used.processor_seconds() - before) * 1e3)

        return median(times(ask, rounds)), median(processor)
