"""Read states and differences of objects from the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from dbtrack import sql_files
from dbtrack.objects.model import ObjectDifference, ObjectState, Part, PartDifference

if TYPE_CHECKING:
    from dbtrack.db import Database

_BATCH_OBJECTS = 200
_KINDS = ("relation", "definition", "column", "constraint", "index", "rule", "trigger", "policy", "comment")


def differences(
    database: Database, since: datetime, until: datetime | None, objects: Sequence[bytes] | None = None
) -> Iterator[ObjectDifference]:
    """Yield what differs between two moments, object by object, as it is read.

    Args:
        until: None for now.
        objects: only these; None for all that changed in between.
    """
    given = {"since": since, "until": until, "objects": None if objects is None else list(objects)}
    rows = database.stream(sql_files.query("objects/differences"), given)
    for _, group in groupby(rows, key=itemgetter(0)):
        found = list(group)
        key, object_type, old_identity, new_identity, owner, parents, created_at = found[0][:7]
        parts = tuple(PartDifference(*row[7:]) for row in found)
        yield ObjectDifference(
            key, object_type, old_identity, new_identity, parts, owner, tuple(parents or ()), created_at
        )


def changes_of(database: Database, execution: bytes) -> Iterator[ObjectDifference]:
    """Yield what an execution changed, itself and what ran inside it: its objects before and after.

    A change that somebody else made to one of them between its first and its last one is among them.
    """
    row = database.row(sql_files.query("objects/changed_by"), {"key": execution})
    if row is not None:
        objects, first, last = row
        yield from differences(database, first - timedelta(microseconds=1), last, objects)


def states(database: Database, moment: datetime | None, types: Sequence[str] | None) -> Iterator[ObjectState]:
    """Yield all objects of some types as they stood at a moment, in the order of their creation."""
    given = {"moment": moment, "types": None if types is None else list(types)}
    rows = database.stream(sql_files.query("objects/existing"), given)
    while batch := list(islice(rows, _BATCH_OBJECTS)):
        yield from _with_parts(database, moment, batch)


def state(
    database: Database, key: bytes, object_type: str, identity: str, moment: datetime | None
) -> ObjectState:
    """Return one object as it stood at a moment."""
    return next(_with_parts(database, moment, [(key, object_type, identity, None)]))


def _with_parts(
    database: Database, moment: datetime | None, objects: Iterable[tuple[Any, ...]]
) -> Iterator[ObjectState]:
    found = list(objects)
    keys = [row[0] for row in found]
    parts: dict[bytes, list[Part]] = {key: [] for key in keys}
    for key, part, kind, name, body, *_ in database.call("get_object_parts", p_objects=keys, p_moment=moment):
        parts[key].append(Part(part, kind, name, body))
    for key, object_type, identity, created_at in found:
        ordered = tuple(sorted(parts[key], key=_place))
        yield ObjectState(key, object_type, identity, ordered, created_at)


def _place(part: Part) -> tuple[int, int, str]:
    number = int(part.part.split(" ", 1)[1]) if part.kind == "column" else 0
    place = _KINDS.index(part.kind) if part.kind in _KINDS else len(_KINDS)
    return place, number, part.name
