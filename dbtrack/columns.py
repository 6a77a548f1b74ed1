"""The columns of a result, with the kind from which each writer derives the form of the values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The kind of a column's values, from which `dbtrack.render.values` derives how they are shown."""

    TEXT = "text"
    IDENTIFIER = "identifier"
    STATUS = "status"
    COUNT = "count"
    NUMBER = "number"
    RATIO = "ratio"  # a share between 0 and 1
    DURATION_MS = "duration_ms"
    BYTES = "bytes"
    TIME = "time"
    KEY = "key"  # a hash key: bytea in SQL, hex everywhere else
    LIST = "list"
    JSON = "json"
    BOOLEAN = "boolean"
    METRIC = "metric"  # a number whose unit stands in the row, in the column's unit_column


@dataclass(frozen=True)
class Column:
    """One column of a report, named as the SQL names it.

    Args:
        title: the heading that people read; without one it is made from the name.
        unit_column: for METRIC, the column of the same row that holds the unit
            (``ms``, ``seconds``, ``percent``, ``count``, ``bytes``, or a word of its own).
        help: one sentence for the documentation.
        rank: how soon a grid on a narrow terminal does without it: the highest first, 0 never.
    """

    name: str
    kind: Kind
    title: str | None = None
    unit_column: str | None = None
    help: str = ""
    rank: int = 0

    @property
    def heading(self) -> str:
        """The heading for people."""
        return self.title or self.name.replace("_", " ").capitalize()
