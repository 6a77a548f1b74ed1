"""Compare two databases: their operations by name, and the definitions of their objects."""

from __future__ import annotations

from dbtrack.compare.compare import COMPARE_COLUMNS, Comparison, Counts, compare
from dbtrack.compare.side import Side

__all__ = ["COMPARE_COLUMNS", "Comparison", "Counts", "Side", "compare"]
