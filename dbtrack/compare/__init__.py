"""Compare two databases: their operations by name, and the definitions of their objects."""

from __future__ import annotations

from dbtrack.compare.compare import (
    COMPARE_COLUMNS,
    Comparison,
    Counts,
    are_loose,
    comparable,
    compare,
)
from dbtrack.compare.side import Change, Side

__all__ = [
    "COMPARE_COLUMNS",
    "Change",
    "Comparison",
    "Counts",
    "Side",
    "are_loose",
    "comparable",
    "compare",
]
