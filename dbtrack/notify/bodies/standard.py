"""The body that Standard Webhooks recommends, with what a receiver needs to check the order."""

from __future__ import annotations

import json

from dbtrack.events.event import Event


def standard_body(event: Event) -> bytes:
    """Return the event as JSON. It is the same, byte for byte, at each attempt."""
    return as_json(
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


def as_json(document: object) -> bytes:
    """Return a document as compact JSON in UTF-8."""
    # Half a surrogate pair cannot be written as UTF-8; JSON has escapes for it.
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "backslashreplace")
