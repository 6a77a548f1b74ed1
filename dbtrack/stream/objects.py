"""The objects of an event, by the identities that PostgreSQL prints."""

from __future__ import annotations

import re

from dbtrack.events.event import Event

# An identifier is quoted where it must be.
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^".\s(]+)'
_COLUMN = re.compile(rf"(?:for )?(?P<table>{_IDENTIFIER}\.{_IDENTIFIER})\.{_IDENTIFIER}")
# A constraint, trigger, policy or rule: `name on schema.table`.
_ON_TABLE = re.compile(rf"{_IDENTIFIER} on (?P<table>{_IDENTIFIER}\.{_IDENTIFIER})")
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


def affected_objects(event: Event) -> list[tuple[str, str | None]]:
    """Return the identity of each object of an event, with its type where the record has it."""
    objects = event.data.get("objects")
    metadata = event.data.get("metadata")
    types = metadata.get("object_types") if isinstance(metadata, dict) else None
    if not isinstance(objects, list):
        return []
    kinds = types if isinstance(types, list) and len(types) == len(objects) else [None] * len(objects)
    return [(str(identity), kind) for identity, kind in zip(objects, kinds, strict=True)]


def table_of(identity: str) -> str:
    """Return the identity of the table that an object is part of; of any other object, its own."""
    match = _COLUMN.fullmatch(identity) or _ON_TABLE.fullmatch(identity)
    return match["table"] if match else identity


def name_parts(identity: str) -> list[str]:
    """Return the names of an identity without their quotes: schema and table."""
    return [quoted.replace('""', '"') or plain for quoted, plain in _PART.findall(identity)]
