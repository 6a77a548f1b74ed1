"""How quickly a vault takes executions, what each costs its processors, and how quick its reports are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from bench.past import make_past, month_start
from bench.place import Connection
from bench.timing import median, table, times
from dbtrack import schema
from dbtrack.db import Database
from dbtrack.reports import REPORTS
from dbtrack.reports import run as run_report
from dbtrack.sql_files import query
from dbtrack.vault.push import BATCH_EVENTS
from dbtrack.vault.sources import add_source, make_vault

SOURCES = 200
STREAMS = 2
_SOURCE_DATABASE = "dbtrack_bench_source"
_PLACE = {"system": "1", "database": 1, "name": "bench", "version": "0"}
_KEYS = """
SELECT script_execution_hk, load_date FROM script_tracking.script_execution_s
ORDER BY load_date, script_execution_hk
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
            self._database.rows(query("vault/events"), {"token": batch.token, "body": batch.body})


def run(connection: Connection, executions: int, rounds: int) -> str:
    """Push so many executions of twelve months from 200 sources over two connections, and read reports."""
    vault = Database.wrap(connection)
    make_vault(vault)
    tokens = [_source(vault, number) for number in range(SOURCES)]
    with ExitStack() as stack:
        other = stack.enter_context(_other_database(connection, executions))
        months = {"months": [f"{month_start(ago):%Y_%m}" for ago in range(13)]}
        vault.rows(query("vault/months"), {"token": tokens[0], "body": json.dumps(months)})
        streams = [
            Stream(stack.enter_context(psycopg.connect(connection.info.dsn, autocommit=True)))
            for _ in range(STREAMS)
        ]
        used = sum(stream.processor_seconds() for stream in streams)
        seconds = _ingest(streams, _batches(Database.wrap(other), tokens))
        used = sum(stream.processor_seconds() for stream in streams) - used
    connection.execute("VACUUM ANALYZE")
    start = perf_counter()
    vault.call("advance_rollups")
    rollups = perf_counter() - start
    arrived = int(vault.value("SELECT sum(executions) FROM script_tracking.vault_source"))
    ingestion = table(
        f"{arrived:,} executions of {SOURCES} sources, over {STREAMS} connections at once",
        ["executions/s", "processor, us/execution", "first rollup, s"],
        {"vault": [arrived / seconds, used / arrived * 1e6, rollups]},
    )
    return f"{ingestion}\n\n{_reports(connection, rounds)}"


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
    make_past(other, executions, 12)
    return other


def _batches(source: Database, tokens: Sequence[str]) -> Iterator[Batch]:
    """Deal the record to the sources, a batch each in turn."""
    numbers = dict.fromkeys(tokens, 1)
    rows = iter(source.rows(_KEYS))
    turn = 0
    while keys := list(islice(rows, BATCH_EVENTS)):
        token = tokens[turn % len(tokens)]
        turn += 1
        parameters = {"keys": [key for key, _ in keys], "load_dates": [date for _, date in keys]}
        batch: dict[str, Any] = {
            "place": _PLACE,
            "first": numbers[token],
            "chain_before": "",
            "ids": [f"{bytes(key).hex()}-{date.timestamp():.6f}" for key, date in keys],
            "last_event_at": keys[-1][1].isoformat(),
        }
        numbers[token] += len(keys)
        text = source.value(query("push/rows"), parameters)
        yield Batch(token, f'{{"batch":{json.dumps(batch)},"rows":{text}}}')


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


def _reports(connection: Connection, rounds: int) -> str:
    """Measure reports over all sources and over one, each in a session of its own."""
    rows: dict[str, list[float | None]] = {}
    reports: dict[str, dict[str, object]] = {
        "dashboard": {"since": "365d"},
        "history": {"days": 365, "limit": 50},
        "performance": {"since": "365d"},
    }
    for name, arguments in reports.items():
        rows[name] = [_milliseconds(connection, name, arguments, source, rounds) for source in (None, "s007")]
    return table("Reports, ms", ["all sources", "--source"], rows)


def _milliseconds(
    connection: Connection, name: str, arguments: dict[str, object], source: str | None, rounds: int
) -> float:
    with psycopg.connect(connection.info.dsn, autocommit=True) as raw:
        session = Database.wrap(raw)
        if source is not None:
            session.call("enter_source", p_source_name=source)
        return median(
            times(lambda _: list(run_report(session, REPORTS[name], arguments, records_access=False)), rounds)
        )
