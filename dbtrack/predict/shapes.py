"""What a table of the copy looks like, as far as a safer way to change it depends on that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.predict.forms import Parsed


@dataclass(frozen=True)
class Index:
    """An index of a table.

    Args:
        is_constraint: a primary key, a unique or an exclusion constraint owns it.
    """

    name: str
    definition: str
    columns: Sequence[str]
    is_unique: bool
    is_partial: bool
    is_constraint: bool
    is_primary: bool


@dataclass(frozen=True)
class Shape:
    """A table before the statement.

    Args:
        columns: name of a column to its type and whether it is NOT NULL.
        parent: the partitioned table that it is a partition of.
    """

    kind: str
    partitions: Sequence[str]
    columns: Mapping[str, tuple[str, bool]]
    indexes: Sequence[Index]
    has_default_partition: bool
    parent: str | None
    foreign_keys: Sequence[str]

    @property
    def is_partitioned(self) -> bool:
        """Whether the table has partitions, or could have."""
        return self.kind == "p"


class Shapes:
    """Reads the shapes of tables on the copy, where the search_path is that of the real session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, parsed: Parsed) -> Shape | None:
        """Return the shape of the table or index that a statement names; None where there is none."""
        name = parsed.name or parsed.index
        return self.named(name) if name else None

    def named(self, name: str) -> Shape | None:
        """Return the shape of a table or index."""
        row = self._row(name)
        if row is None:
            return None
        kind, partitions, columns, indexes, has_default, parent, _, _, foreign_keys = row
        return Shape(
            str(kind),
            partitions,
            {column: (body["type"], body["not_null"]) for column, body in columns.items()},
            [
                Index(
                    index["name"],
                    index["definition"],
                    index["columns"],
                    is_unique=index["unique"],
                    is_partial=index["partial"],
                    is_constraint=index["constraint"],
                    is_primary=index["primary"],
                )
                for index in indexes
            ],
            has_default,
            parent,
            foreign_keys,
        )

    def bound_of(self, name: str) -> str | None:
        """Return the condition that the rows of a partition fulfil, as an expression of CHECK."""
        row = self._row(name)
        return row[7] if row else None

    def default_partition_of(self, parent: Parsed) -> str | None:
        """Return the default partition of the table that a statement names."""
        shape = self.of(parent)
        for partition in shape.partitions if shape else ():
            row = self._row(partition)
            if row and row[6] == "DEFAULT":
                return partition
        return None

    def _row(self, name: str) -> Sequence[Any] | None:
        try:
            return self._database.row(sql_files.query("predict/table_shape"), {"name": name})
        except DbtrackError:
            return None
