"""What a writer is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dbtrack.render.batches import Row
from dbtrack.reports.model import Column


@dataclass(frozen=True)
class Section:
    """Columns and rows under a name; `dbtrack show` writes several, a report one.

    Args:
        name: for programs: the report's name, or that of its part.
        rows: read once; may be endless.
        title: for people.
    """

    name: str | None
    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str | None = None
