"""How long sealing many executions takes, and verifying them, and what sealing costs those who write."""

from __future__ import annotations

import os
import threading
from time import perf_counter
from typing import Any

import psycopg

from bench.timing import median, table
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.proof.seal import seal
from dbtrack.proof.verify import VerifyScope, verify

_WRITERS = 8
_SECONDS_A_ROUND = 3.0
_SEAL_EVERY_SECONDS = 0.5
_FILL = """
WITH made AS MATERIALIZED (
    SELECT n, script_tracking.calculate_hash_key(('run_' || n)::varchar) AS key,
        clock_timestamp() - make_interval(secs => (%(count)s - n) * 0.001) AS at
    FROM generate_series(1, %(count)s) AS n
), hub AS (
    INSERT INTO script_tracking.script_execution_h SELECT key, 'run_' || n, NULL, at, 'bench@local' FROM made
)
INSERT INTO script_tracking.script_execution_s
    (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
     execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
     metadata, record_source)
SELECT key, at, key, 'CREATE TABLE', 'DDL_AUTO', 'COMPLETED', at, 5, 'alice', '10.0.0.1',
    ARRAY['public.t' || n], 'CREATE TABLE t' || n || ' (id bigint PRIMARY KEY, name text)',
    jsonb_build_object('role', 'app', 'command_tag', 'CREATE TABLE', 'backend_pid', n, 'duration_us', 5000),
    'bench@local'
FROM made
"""


def run(connection: psycopg.Connection[Any], executions: int, rounds: int) -> str:
    """Measure with so many executions; seconds, and operations a second in rounds that take turns."""
    database = Database.wrap(connection)
    database.execute(_FILL, {"count": executions})
    sealing = _seconds(lambda: seal(database))
    target = resolve_target(ConnectionOptions(dbname=connection.info.dsn), os.environ)
    verifying = _seconds(lambda: verify(target, VerifyScope(), []))
    costs = {f"seal {executions} executions": [sealing], f"verify {executions} executions": [verifying]}
    rates: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds * 2):
        rates[number % 2 == 1].append(_operations_a_second(database, is_sealing=number % 2 == 1))
    written = {
        "without sealing": _spread(rates[False]),
        f"sealing every {_SEAL_EVERY_SECONDS} s": _spread(rates[True]),
    }
    title = f"{_WRITERS} writers, operations a second, {rounds} rounds each"
    return f"{table('Seals', ['seconds'], costs)}\n\n{table(title, ['median', 'least', 'most'], written)}"


def _seconds(action: Any) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def _spread(rates: list[float]) -> list[float]:
    return [median(rates), min(rates), max(rates)]


def _operations_a_second(database: Database, *, is_sealing: bool) -> float:
    stop = threading.Event()
    counts = [0] * _WRITERS
    writers = [
        threading.Thread(target=_write, args=(database.raw.info.dsn, stop, counts, number))
        for number in range(_WRITERS)
    ]
    start = perf_counter()
    for writer in writers:
        writer.start()
    while perf_counter() - start < _SECONDS_A_ROUND:
        if is_sealing:
            seal(database)
        stop.wait(_SEAL_EVERY_SECONDS)
    stop.set()
    for writer in writers:
        writer.join()
    return sum(counts) / (perf_counter() - start)


def _write(dsn: str, stop: threading.Event, counts: list[int], number: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not stop.is_set():
            connection.execute("SELECT script_tracking.track_operation('bench')")
            counts[number] += 1
