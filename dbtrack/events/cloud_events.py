"""Events in the form of CloudEvents 1.0 (https://cloudevents.io), JSON format."""

from __future__ import annotations

from dbtrack.db import Database
from dbtrack.events.event import Event
from dbtrack.sql_files import query

TYPE_PREFIX = "io.dbtrack."


def to_cloud_event(event: Event, source: str) -> dict[str, object]:
    """Return an event as a CloudEvent in structured JSON.

    Args:
        event: the event.
        source: the database, as `event_source` returns it.
    """
    attributes: dict[str, object] = {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": TYPE_PREFIX + event.type,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "datacontenttype": "application/json",
        "sequence": str(event.number),
        "chain": event.chain,
        "data": event.data,
    }
    if event.tenant is not None:
        attributes["tenant"] = event.tenant
    return attributes


def event_source(database: Database) -> str:
    """Return the URI that identifies a database as the source of its events, without any login."""
    return str(database.value(query("events/source")))
