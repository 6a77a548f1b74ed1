"""Write the SQL of a difference, or of everything as it stood at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from dbtrack.objects.ddl.script import HEADER, creation, in_order, script_of, written
from dbtrack.objects.ddl.statement import Place
from dbtrack.objects.following import own_changes
from dbtrack.objects.model import ObjectDifference, ObjectState
from dbtrack.objects.reading import states

if TYPE_CHECKING:
    from dbtrack.db import Database

_OTHERS = ("extension", "type", "domain", "server", "foreign-data wrapper")
_CODE = ("text search configuration", "cast", "transform", "conversion")
_LAST = ("user mapping", "default acl", "publication", "subscription", "event trigger")
_TABLES = ("table", "foreign table")
_VIEWS = ("view", "materialized view")
_ROUTINES = ("function", "procedure", "aggregate")


def difference_script(found: Iterable[ObjectDifference], *, with_drops: bool) -> Iterator[str]:
    """Yield a script that turns what was into what it became; nothing if there is no difference.

    Args:
        with_drops: whether what loses data is to be run; otherwise it is commented out.
    """
    own = own_changes(found)
    statements = in_order(script_of(own))
    if statements:
        yield HEADER + "\n"
        yield from (written(each, with_drops=with_drops) for each in statements)


def object_script(state: ObjectState) -> Iterator[str]:
    """Yield the script that creates one object as it stood."""
    for each in in_order(creation(state)):
        yield written(each, with_drops=False)


def schema_script(database: Database, moment: datetime | None) -> Iterator[str]:
    """Yield the script that creates everything as it stood at a moment, object by object, as it is read.

    Each kind of statement is a pass over the objects, so that nothing has to be kept in memory.
    """
    yield HEADER + "\n"
    for types, first, last in _PASSES:
        for state in states(database, moment, types):
            for each in sorted(creation(state), key=lambda statement: statement.place):
                if first <= each.place < last:
                    yield written(each, with_drops=False)


_ALL = max(Place) + 1
# The types, and the first and the one after the last place of their statements.
_PASSES: tuple[tuple[tuple[str, ...], int, int], ...] = (
    (("schema",), 0, _ALL),
    (("collation", "language", "access method"), 0, _ALL),
    (("text search parser", "text search template"), 0, _ALL),
    (("text search dictionary",), 0, _ALL),
    (_OTHERS, 0, Place.OWNER),
    (("composite type", "sequence"), 0, Place.OWNER),
    (_ROUTINES, 0, Place.OWNER),
    (("operator",), 0, _ALL),
    (("operator family",), 0, _ALL),
    (("operator class",), 0, _ALL),
    (_CODE, 0, _ALL),
    (_TABLES, 0, Place.FOREIGN_KEY),
    (_TABLES, Place.FOREIGN_KEY, Place.TRIGGER),
    (("statistics object",), 0, _ALL),
    (_VIEWS, 0, Place.TRIGGER),
    (_TABLES, Place.TRIGGER, _ALL),
    (_VIEWS, Place.TRIGGER, _ALL),
    ((*_OTHERS, *_ROUTINES, "composite type", "sequence"), Place.OWNER, _ALL),
    (_LAST, 0, _ALL),
)
