"""Differences and definitions as rows, for the formats that programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.objects.model import ObjectDifference, ObjectState

DIFFERENCE_COLUMNS = (
    Column("object_identity", Kind.IDENTIFIER, "Object", help="After the change; the last one if dropped."),
    Column(
        "old_identity", Kind.IDENTIFIER, "Was", help="Before the change; null if it was not there.", rank=7
    ),
    Column("object_type", Kind.IDENTIFIER, "Type", help="table, function and so on.", rank=6),
    Column("kind", Kind.IDENTIFIER, "Kind", help="Of the part: column, constraint and so on."),
    Column("name", Kind.IDENTIFIER, "Part", help="Its name."),
    Column("change", Kind.IDENTIFIER, "Change", help="added, removed or changed."),
    Column("old_text", Kind.TEXT, "Before", help="The definition in one line."),
    Column("new_text", Kind.TEXT, "After", help="The definition in one line."),
    Column("changed_at", Kind.TIME, "When", help="The last change."),
    Column("execution_key", Kind.KEY, "Key", help="Who changed it last: what `dbtrack show` takes."),
    Column("script_name", Kind.IDENTIFIER, "By", help="The operation, else the command."),
    Column("db_session_user", Kind.IDENTIFIER, "Login", help="Who ran it.", rank=4),
    Column("ticket", Kind.IDENTIFIER, "Ticket", help="Of the operation.", rank=5),
    Column("before", Kind.JSON, "Definition before", help="With named keys.", rank=9),
    Column("after", Kind.JSON, "Definition after", help="With named keys.", rank=9),
)
DEFINITION_COLUMNS = (
    Column("object_identity", Kind.IDENTIFIER, "Object", help="As it was called then."),
    Column("object_type", Kind.IDENTIFIER, "Type", help="table, function and so on."),
    Column("kind", Kind.IDENTIFIER, "Kind", help="Of the part: column, constraint and so on."),
    Column("name", Kind.IDENTIFIER, "Part", help="Its name."),
    Column("definition", Kind.JSON, "Definition", help="With named keys."),
)


def difference_rows(found: Iterable[ObjectDifference]) -> Iterator[tuple[Any, ...]]:
    """Yield one row a part that differs."""
    for each in found:
        for part in each.parts:
            change = "added" if part.before is None else "removed" if part.after is None else "changed"
            yield (
                each.new_identity,
                each.old_identity,
                each.object_type,
                part.kind,
                part.name,
                change,
                part.old_text,
                part.new_text,
                part.changed_at,
                part.execution_key,
                part.script_name,
                part.user,
                part.ticket,
                part.before,
                part.after,
            )


def definition_rows(found: Iterable[ObjectState]) -> Iterator[tuple[Any, ...]]:
    """Yield one row a part of each object."""
    for each in found:
        for part in each.parts:
            yield each.identity, each.object_type, part.kind, part.name, part.body
