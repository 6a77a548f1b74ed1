"""The body that Standard Webhooks recommends, with what a receiver needs to check the order."""

from __future__ import annotations

from dbtrack.events.event import Event
from dbtrack.render.values import json_bytes


def standard_body(event: Event) -> bytes:
    """Return the event as JSON. It is the same, byte for byte, at each attempt."""
    return json_bytes(
        {
            "type": event.type,
            "timestamp": event.time.isoformat(),
            "id": event.id,
            "number": event.number,
            "chain": event.chain,
            "subject": event.subject,
            "tenant": event.tenant,
            "data": event.data,
        }
    )
