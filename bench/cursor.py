"""What a poll with nothing new costs, and how quickly a cursor reads everything that was recorded."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from bench.past import make_past
from bench.place import Connection
from bench.timing import median, table, times
from dbtrack.db import Database
from dbtrack.events import EventCursor

_MONTHS = 12
_BATCH = 500
_BACKLOG = 100_000


def run(connection: Connection, executions: int, rounds: int) -> str:
    """Measure with so many executions over a year: milliseconds of a poll, events a second of a backlog."""
    make_past(connection, executions, _MONTHS)
    database = Database.wrap(connection)
    for name, from_beginning in (("new", False), ("all", True)):
        database.call("create_endpoint", p_name=name, p_kind="export", p_from_beginning=from_beginning)
    new = EventCursor(database, "new", lease_seconds=600)
    idle = times(lambda _: new.claim(), 200 * rounds)
    one = times(_one_new(database, new), 50 * rounds)
    backlog = _events_a_second(EventCursor(database, "all", lease_seconds=600))
    figures: list[float | None] = [median(idle), median(one), backlog]
    columns = ["poll, nothing new, ms", "poll, one new, ms", "all from the beginning, events/s"]
    return table(f"Reading events of {executions:,} executions", columns, {"cursor": figures})


def _one_new(database: Database, cursor: EventCursor) -> Callable[[int], object]:
    def claim(number: int) -> None:
        database.call("track_operation", script_name=f"n{number}")
        cursor.acknowledge(cursor.claim()[-1])

    return claim


def _events_a_second(cursor: EventCursor) -> float:
    count, start = 0, perf_counter()
    while count < _BACKLOG and (events := cursor.claim(_BATCH)):
        cursor.acknowledge(events[-1])
        count += len(events)
    return count / (perf_counter() - start)
