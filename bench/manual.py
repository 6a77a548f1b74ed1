"""Tracked operations: pairs from one client and from eight beside bare SQL, the batch, many partitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import psycopg

from bench.place import Connection
from bench.timing import median, table
from dbtrack import Tracker

_BATCH = 50
_WARM_UP = 20
_MONTHS = """
DO $$
DECLARE partition text;
BEGIN
    PERFORM script_tracking.ensure_partitions({months} - 1);
    FOR partition IN
        SELECT p.relid::regclass::text
        FROM unnest('{{script_execution_h,script_execution_s,script_execution_parent_l}}'::text[]) AS t,
            pg_partition_tree(('script_tracking.' || t)::regclass) AS p
        WHERE p.isleaf AND p.relid::regclass::text !~ 'default$'
            AND to_date(right(p.relid::regclass::text, 7), 'YYYY_MM')
                > now() + ({months} - 1) * interval '1 month'
    LOOP
        EXECUTE format('DROP TABLE %s', partition);
    END LOOP;
END $$
"""
Pairs = Callable[[Connection, int], None]


class _Cost(NamedTuple):
    """What pairs cost: how many a second, and the milliseconds that a server process computed for each."""

    rate: float
    computed_ms: float


def run(connection: Connection, rounds: int, statements: int) -> str:
    """Measure, and return the tables."""
    connection.execute((Path(__file__).parent / "rivals_manual.sql").read_bytes())
    parts = [_beside_bare(connection, rounds, statements, clients) for clients in (1, 8)]
    parts += [_batches(connection, rounds, statements), _months(connection, rounds, statements)]
    return "\n\n".join(parts)


def _beside_bare(connection: Connection, rounds: int, statements: int, clients: int) -> str:
    taken: dict[str, list[_Cost]] = defaultdict(list)
    for _ in range(rounds):
        for name, pairs in (
            ("bare functions, history kept", _bare_history),
            ("bare functions, in place", _bare),
            ("track_operation + complete_operation", _single),
        ):
            taken[name].append(_cost(connection, pairs, statements, clients))
    return _shown(f"Pairs from {clients} clients, each call a flushed transaction", taken)


def _months(connection: Connection, rounds: int, statements: int) -> str:
    taken: dict[str, list[_Cost]] = defaultdict(list)
    for _ in range(rounds):
        for months in (2, 36):
            connection.execute(_MONTHS.format(months=months).encode())
            taken[f"{months} months"].append(_cost(connection, _single, statements, 1))
    return _shown("Pairs from one client with so many months' partitions", taken)


def _batches(connection: Connection, rounds: int, statements: int) -> str:
    count = statements * _BATCH
    rates = []
    for _ in range(rounds):
        start = perf_counter()
        _batch(connection, count)
        rates.append(count / (perf_counter() - start))
    return table(
        "The batch of the Python API, one client", ["operations a second"], {"batch": [median(rates)]}
    )


def _shown(title: str, taken: dict[str, list[_Cost]]) -> str:
    rates = {name: median([cost.rate for cost in costs]) for name, costs in taken.items()}
    computed = {name: median([cost.computed_ms for cost in costs]) for name, costs in taken.items()}
    first = next(iter(taken))
    rows = {
        name: [rates[name], rates[first] / rates[name], computed[name], computed[name] / computed[first]]
        for name in taken
    }
    return table(title, ["pairs a second", "time, ratio", "server CPU ms a pair", "ratio"], rows)


def _cost(connection: Connection, pairs: Pairs, statements: int, clients: int) -> _Cost:
    """New connections each time: what a session has cached of fewer partitions must not count."""
    sessions = [psycopg.connect(connection.info.dsn, autocommit=True) for _ in range(clients)]
    try:
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda session: pairs(session, _WARM_UP), sessions))
            before = _computed_ms(sessions)
            start = perf_counter()
            list(pool.map(lambda session: pairs(session, statements), sessions))
            seconds = perf_counter() - start
        count = statements * clients
        return _Cost(count / seconds, (_computed_ms(sessions) - before) / count)
    finally:
        for session in sessions:
            session.close()


def _computed_ms(sessions: list[Connection]) -> float:
    """Time on a processor: other work disturbs it little. The server must be on this machine."""
    files = [Path(f"/proc/{session.info.backend_pid}/schedstat") for session in sessions]
    return sum(int(file.read_text().split()[0]) for file in files) / 1e6


def _bare(connection: Connection, count: int) -> None:
    for _ in range(count):
        row = connection.execute("SELECT bench.track(), now()").fetchone()
        connection.execute("SELECT bench.complete(%s, %s)", row)


def _bare_history(connection: Connection, count: int) -> None:
    for _ in range(count):
        row = connection.execute("SELECT bench.track(), now()").fetchone()
        connection.execute("SELECT bench.complete_history(%s, %s)", row)


def _single(connection: Connection, count: int) -> None:
    for _ in range(count):
        row = connection.execute("SELECT script_tracking.track_operation('operation')").fetchone()
        connection.execute("SELECT script_tracking.complete_operation(%s)", row)


def _batch(connection: Connection, count: int) -> None:
    with Tracker(connection).batch() as batch:
        for _ in range(count):
            batch.record("operation")
