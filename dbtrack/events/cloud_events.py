"""Events in the form of CloudEvents 1.0 (https://cloudevents.io), JSON format."""

from __future__ import annotations

from urllib.parse import quote

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
        "time": event.time.isoformat(),
        "datacontenttype": "application/json",
        # The extension wants text that sorts as the events do.
        "sequence": f"{event.number:020}",
        "chain": event.chain,
        "data": event.data,
    }
    # The specification forbids an empty attribute.
    if event.subject:
        attributes["subject"] = event.subject
    if event.tenant:
        attributes["tenant"] = event.tenant
    return attributes


def event_source(database: Database) -> str:
    """Return the URI that identifies a database as the source of its events, without any login.

    It has the server's `cluster_name`, else its address. A failover changes only the address.
    """
    row = database.row(query("events/source"))
    host, port, name = map(str, row or ())
    # Not percent-encoded, an address of IPv6 stands in brackets.
    host = f"[{host}]" if ":" in host else quote(host, safe="")
    return f"postgresql://{host}:{port}/{quote(name, safe='')}"
