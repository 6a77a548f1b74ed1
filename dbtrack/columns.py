"""Columns of a result: a name and a kind, by which each writer formats the values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FIRST_TO_GO = 10
"""The rank of a column that a narrow grid leaves out before it folds any other."""


class Kind(Enum):
    """What a column contains; `dbtrack.render.values` decides by it how each writer formats a value."""

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
    METRIC = "metric"  # a number whose unit is in the row, in the column's unit_column


@dataclass(frozen=True)
class Column:
    """One column of a report.

    Args:
        title: the heading; None to derive it from the name.
        unit_column: for METRIC, the column of the same row that contains the unit
            (``ms``, ``seconds``, ``percent``, ``count``, ``bytes``, or a word of its own).
        help: one sentence for the documentation.
        rank: columns with the highest rank are dropped first on a narrow terminal; 0 is never dropped, and
            `FIRST_TO_GO` even before any other column is folded.
        is_detail: whether tables and plain text show it only if it is asked for by name; programs always get
            it.
        switch: the switch of the report's SQL without which the column is not computed, and left out.
    """

    name: str
    kind: Kind
    title: str | None = None
    unit_column: str | None = None
    help: str = ""
    rank: int = 0
    is_detail: bool = False
    switch: str | None = None

    @property
    def heading(self) -> str:
        """The heading."""
        return self.title or self.name.replace("_", " ").capitalize()
