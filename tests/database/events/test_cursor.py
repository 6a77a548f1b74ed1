"""The cursor delivers every event once it is committed, in order, and none twice."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import EndpointHeldError, LeaseLostError, UsageError
from dbtrack.events import Event, EventCursor
from tests.support.recorded import Record


def database_of(record: Record) -> Database:
    return Database.wrap(psycopg.connect(record.connection.info.dsn, autocommit=True))


def drain(cursor: EventCursor, limit: int = 200) -> list[Event]:
    events: list[Event] = []
    while batch := cursor.claim(limit):
        events += batch
        cursor.acknowledge(batch[-1])
    return events


def test_a_ddl_is_an_event(record: Record) -> None:
    database = database_of(record)
    database.call("create_endpoint", p_name="e", p_kind="webhook")
    record.connection.execute("CREATE TABLE t (a int)")
    cursor = EventCursor(database, "e")
    events = drain(cursor)
    assert [event.type for event in events] == ["execution.completed"]
    assert events[0].data["objects"] == ["public.t"]
    assert drain(cursor) == []
