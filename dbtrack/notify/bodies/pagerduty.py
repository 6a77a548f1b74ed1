"""PagerDuty: Events API v2. An alert that is resolved resolves its incident."""

from __future__ import annotations

import hashlib
import json

from dbtrack.events.event import Event
from dbtrack.notify.message import Message, clip, sections

_SUMMARY_CHARACTERS = 1024
_KEY_CHARACTERS = 255
_ALERTS = {"alert.fired": "trigger", "alert.resolved": "resolve"}


def pagerduty_body(event: Event, message: Message, source: str, routing_key: str) -> dict[str, object]:
    """Return the body of an event.

    Args:
        source: the database, as the URI of CloudEvents has it.
        routing_key: the integration's key, a secret.
    """
    details = {**dict(message.facts), **dict(sections(message)), "Event": event.id}
    return {
        "routing_key": routing_key,
        "event_action": _ALERTS.get(event.type, "trigger"),
        "dedup_key": _deduplication_key(event, source),
        "client": "dbtrack",
        "payload": {
            "summary": clip(message.title, _SUMMARY_CHARACTERS),
            "source": source,
            "severity": message.severity.value,
            "timestamp": event.time.isoformat(),
            "class": event.type,
            "group": event.tenant or "",
            "custom_details": details,
        },
    }


def _deduplication_key(event: Event, source: str) -> str:
    if event.type not in _ALERTS:
        return clip(event.id, _KEY_CHARACTERS)
    group = [event.data.get(name) for name in ("group_by", "group")]
    key = f"{source} alert {json.dumps([event.subject, event.tenant, *group], default=str)}"
    # The same when it fires and when it is resolved, of each group of an alert; no two alike by the limit.
    return key if len(key) <= _KEY_CHARACTERS else hashlib.sha256(key.encode()).hexdigest()
