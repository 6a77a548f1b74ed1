"""Objects and their parts as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

RELATION_TYPES = frozenset(
    {"table", "foreign table", "view", "materialized view", "sequence", "composite type"}
)
"""The types of objects that have a part `relation`; of a view, `definition` is its query."""

Body = Mapping[str, Any]
"""The definition of a part, with named keys; docs/object-history.md lists them."""


@dataclass(frozen=True)
class FoundObject:
    """An object that a name stands for.

    Args:
        key: its hash key.
        has_name: whether it has this name at the time that was asked for; else it had it before.
        is_dropped: whether it had been dropped by that time.
        kind: of the part that the name stands for: index, constraint; None for the whole object.
        part_name: the name of that part.
        named_from: the first version in which it had the name.
        named_until: when it was dropped or got another name; None: it has the name still.
    """

    key: bytes
    object_type: str
    identity: str
    has_name: bool
    is_dropped: bool
    kind: str | None
    part_name: str | None
    named_from: datetime | None
    named_until: datetime | None


@dataclass(frozen=True)
class Part:
    """One part of an object at one time: a column, a constraint; of a function, its definition."""

    part: str
    kind: str
    name: str
    body: Body


@dataclass(frozen=True)
class ObjectState:
    """An object as it stood at one time.

    Args:
        created_at: its first version; objects that others need were created before them.
    """

    key: bytes
    object_type: str
    identity: str
    parts: tuple[Part, ...]
    created_at: datetime | None = None

    def of_kind(self, kind: str) -> list[Part]:
        """Return the parts of one kind, columns in their order."""
        return [part for part in self.parts if part.kind == kind]


@dataclass(frozen=True)
class PartDifference:
    """One part before and after; `before` None: it was not there, `after` None: it is no longer there."""

    part: str
    kind: str
    name: str
    before: Body | None
    after: Body | None
    old_text: str | None = None
    new_text: str | None = None
    changed_at: datetime | None = None
    execution_key: bytes | None = None
    script_name: str | None = None
    command_tag: str | None = None
    user: str | None = None
    ticket: str | None = None


@dataclass(frozen=True)
class ObjectDifference:
    """What differs in one object between two times.

    Args:
        old_identity: before; None if it was not there.
        new_identity: after; the last one if it was dropped.
        owner: of the object, after; None if it was dropped.
        parents: the tables that it inherits from or is a partition of, after.
        created_at: its first version: what depends on it was created later.
    """

    key: bytes
    object_type: str
    old_identity: str | None
    new_identity: str
    parts: tuple[PartDifference, ...] = field(default=())
    owner: str | None = None
    parents: tuple[str, ...] = ()
    created_at: datetime | None = None

    @property
    def is_created(self) -> bool:
        """Whether the object was not there before."""
        main = self.main
        return main is not None and main.before is None

    @property
    def is_dropped(self) -> bool:
        """Whether the object is no longer there."""
        main = self.main
        return main is not None and main.after is None

    @property
    def main(self) -> PartDifference | None:
        """The difference of the object itself: of the relation, or of the definition; None without one."""
        relation = next((part for part in self.parts if part.kind == "relation"), None)
        if relation is not None or self.object_type in RELATION_TYPES:
            return relation
        return next((part for part in self.parts if part.kind == "definition"), None)
