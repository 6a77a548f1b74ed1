"""The relations of a copy, and which of them a statement has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack import sql_files
from dbtrack.db import Database

_INDEXES = frozenset("iI")
Changed = Mapping[int, "Relation | None"]
"""Relations that a statement created, changed or, where there is None, dropped."""


@dataclass(frozen=True)
class Relation:
    """A relation of the copy.

    Args:
        file: the number of the file with its rows; 0 where it has none.
        owner: the table of an index or of a TOAST table.
        parent: the table of which it is a partition or child.
    """

    oid: int
    schema: str
    name: str
    identity: str
    kind: str
    file: int
    owner: int | None
    parent: int | None

    @property
    def is_index(self) -> bool:
        """Whether it is an index, of a table or of a partitioned one."""
        return self.kind in _INDEXES


class Relations:
    """All relations of a copy, kept up to date by what each statement changes."""

    def __init__(self, session: Database) -> None:
        self._by_oid: dict[int, Relation] = {}
        self._indexes: dict[int, set[int]] = {}
        self._identities: Counter[str] = Counter()
        self.apply(self._read_all(session))

    def get(self, oid: int | None) -> Relation | None:
        """Return a relation; None where there is none."""
        return self._by_oid.get(oid) if oid is not None else None

    def has(self, identity: str) -> bool:
        """Return whether there is a relation of that name."""
        return self._identities[identity] > 0

    def indexes_of(self, oid: int) -> Iterator[Relation]:
        """Return the indexes of a table."""
        for index in self._indexes.get(oid, ()):
            yield self._by_oid[index]

    def changed(self, rows: Iterable[Sequence[Any]], locked: Collection[int]) -> Changed:
        """Return what a transaction has changed.

        Args:
            rows: the relations that it wrote or locked, as they are now.
            locked: what it has locked; whoever drops a relation has locked it.
        """
        found: dict[int, Relation | None] = {row[0]: Relation(*row) for row in rows}
        return found | {oid: None for oid in locked if oid in self._by_oid and oid not in found}

    def compared(self, session: Database) -> Changed:
        """Return what differs now, by reading all relations."""
        now = self._read_all(session)
        changed: dict[int, Relation | None] = {
            oid: relation for oid, relation in now.items() if self._by_oid.get(oid) != relation
        }
        return changed | {oid: None for oid in self._by_oid if oid not in now}

    def apply(self, changed: Changed) -> None:
        """Take over what a statement has changed."""
        for oid, relation in changed.items():
            old = self._by_oid.pop(oid, None)
            if old is not None:
                self._count(old, -1)
            if relation is not None:
                self._by_oid[oid] = relation
                self._count(relation, 1)

    def _count(self, relation: Relation, count: int) -> None:
        self._identities[relation.identity] += count
        if not self._identities[relation.identity]:
            del self._identities[relation.identity]
        if relation.is_index and relation.owner is not None:
            indexes = self._indexes.setdefault(relation.owner, set())
            if count > 0:
                indexes.add(relation.oid)
            else:
                indexes.discard(relation.oid)

    @staticmethod
    def _read_all(session: Database) -> dict[int, Relation]:
        return {row[0]: Relation(*row) for row in session.rows(sql_files.query("predict/relations"), {})}
