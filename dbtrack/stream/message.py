"""A message for a broker, and the key by which a broker keeps messages in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dbtrack.events.event import Event
from dbtrack.render.values import json_bytes
from dbtrack.stream.objects import affected_objects, table_of

MOST_BYTES = 900_000
"""The longest body, in bytes: brokers take 1 MB by default, with headers and framing."""

_SHORTENED = 20_000
_MOST_OBJECTS = 100
# Of the objects of one DDL, what the others are part of: CREATE TABLE also creates sequences and indexes.
_MAIN_TYPES = frozenset({"table", "foreign table", "view", "materialized view"})


class KeyKind(StrEnum):
    """What messages have in common that a broker keeps in order."""

    OBJECT = "object"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Message:
    """What a broker stores of one event.

    Args:
        id: the event's; the same for each delivery.
        time: when it was recorded.
        key: decides the partition.
        headers: names and values.
        body: JSON in UTF-8.
    """

    id: str
    time: datetime
    key: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


Encoder = Callable[[Event], Message | None]
"""Makes the message of an event; None where the format has none for it."""


def key_of(event: Event) -> str:
    """Return the object that the event is about, so that the changes of one object keep their order.

    A change of a column, constraint, trigger, policy or rule counts for its table. Of several objects it is
    the first table or view, else the first one. An execution without objects has its own key, so that its
    start and its end keep their order; a notice has its subject.
    """
    objects = affected_objects(event)
    if objects:
        main = next((identity for identity, kind in objects if kind in _MAIN_TYPES), objects[0][0])
        return table_of(main)
    execution = event.data.get("execution")
    return str(execution) if execution else event.subject


def encoded(document: dict[str, object], data: dict[str, object]) -> bytes:
    """Return a document as JSON of at most `MOST_BYTES`.

    Args:
        document: contains `data`. Where the JSON is too long, long texts and lists of `data` are shortened in
            place, and `data["shortened"]` names them.
    """
    body = json_bytes(document)
    if len(body) <= MOST_BYTES:
        return body
    shortened = sorted(name for name, value in data.items() if _is_long(value))
    data.update({name: _short(data[name]) for name in shortened}, shortened=shortened)
    return json_bytes(document)


def _is_long(value: object) -> bool:
    return isinstance(value, str | list | dict) and len(json_bytes(value)) > _SHORTENED


def _short(value: object) -> object:
    match value:
        case str():
            return value[:_SHORTENED]
        case list():
            return value[:_MOST_OBJECTS] if len(json_bytes(value[:_MOST_OBJECTS])) <= _SHORTENED * 5 else []
        case _:
            return {}
