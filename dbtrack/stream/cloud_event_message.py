"""Events as CloudEvents 1.0 in a broker's message."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import quote

from dbtrack.events.cloud_events import to_cloud_event
from dbtrack.events.event import Event
from dbtrack.stream.destination import Broker
from dbtrack.stream.message import KeyKind, Message, encoded, key_of

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"

_IN_HEADERS = ("specversion", "id", "source", "type", "subject", "time", "sequence", "tenant", "partitionkey")


# The bindings for HTTP and NATS name these; a header of Kafka is UTF-8 as it stands.
_NOT_IN_HEADERS = re.compile(r"[^!#$&-~]")


def cloud_event_message(
    event: Event, *, source: str, database: str, key_kind: KeyKind, broker: Broker
) -> Message:
    """Return an event as a CloudEvent in structured mode: the body has all of it.

    The headers repeat its attributes, so that a consumer can route it without reading the body. The bindings
    for Kafka and NATS allow this.

    Args:
        source: of the CloudEvent, a URI of the database.
        database: its name.
        broker: decides the form of the headers.
    """
    document = to_cloud_event(event, source)
    key = database if key_kind is KeyKind.DATABASE else key_of(event)
    document["partitionkey"] = key
    data = dict(cast("dict[str, object]", document["data"]))
    document["data"] = data
    attributes = [(name, str(document[name])) for name in _IN_HEADERS if document.get(name) is not None]
    headers = [("content-type", CONTENT_TYPE), *(_header(broker, *attribute) for attribute in attributes)]
    return Message(event.id, event.time, key, tuple(headers), encoded(document, data))


def _header(broker: Broker, name: str, value: str) -> tuple[str, str]:
    if broker is Broker.NATS:
        return f"ce-{name}", _NOT_IN_HEADERS.sub(lambda match: quote(match[0]), value)
    return f"ce_{name}", value
