"""Tracked operations a second from one client: single calls, bare SQL of the same rows, and the batch."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from time import perf_counter

from bench.place import Connection
from bench.timing import median, table
from dbtrack import Tracker


def run(connection: Connection, rounds: int, statements: int) -> str:
    """Measure, and return the table."""
    connection.execute((Path(__file__).parent / "rivals_manual.sql").read_bytes())
    taken: dict[str, list[float]] = defaultdict(list)
    systems = {
        "bare SQL, one call each": _bare,
        "track_operation + complete_operation": _single,
        "batch": _batch,
    }
    for _ in range(rounds):
        for name, measure in systems.items():
            start = perf_counter()
            measure(connection, statements * (50 if name == "batch" else 1))
            count = statements * (50 if name == "batch" else 1)
            taken[name].append(count / (perf_counter() - start))
    rows = {name: [median(values)] for name, values in taken.items()}
    return table("Operations a second, one client, each call its own transaction", ["median"], rows)


def _bare(connection: Connection, count: int) -> None:
    for _ in range(count):
        row = connection.execute("SELECT bench.track(), now()").fetchone()
        connection.execute("SELECT bench.complete(%s, %s)", row)


def _single(connection: Connection, count: int) -> None:
    for _ in range(count):
        row = connection.execute("SELECT script_tracking.track_operation('operation')").fetchone()
        connection.execute("SELECT script_tracking.complete_operation(%s)", row)


def _batch(connection: Connection, count: int) -> None:
    with Tracker(connection).batch() as batch:
        for _ in range(count):
            batch.record("operation")
