"""Endpoints and their events, for the tests that read by a cursor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import psycopg

from dbtrack.db import Database
from dbtrack.events import Event, EventCursor

ALL_EVENTS = "SELECT event_id FROM script_tracking.event ORDER BY version_number"


@contextmanager
def administering(conninfo: str) -> Iterator[Database]:
    """A connection in autocommit mode, as a worker has it."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield Database.wrap(connection)


def drain(cursor: EventCursor, limit: int = 200) -> list[Event]:
    """Claim and acknowledge until nothing is left."""
    events: list[Event] = []
    while batch := cursor.claim(limit):
        assert len(batch) <= limit
        events += batch
        cursor.acknowledge(batch[-1])
    return events


def read_once(database: Database, endpoint: str, limit: int = 200) -> list[Event]:
    """Read everything that is new, and give the lease back."""
    cursor = EventCursor(database, endpoint)
    events = drain(cursor, limit)
    cursor.release()
    return events


def assert_consecutive(events: list[Event]) -> None:
    """Assert that the running numbers have no gap and no repetition."""
    assert all(later.number == earlier.number + 1 for earlier, later in pairwise(events))
