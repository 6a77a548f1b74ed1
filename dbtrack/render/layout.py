"""How wide each column of a table is, and whether the table fits at all."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.reports.model import Column, Kind

GAP = 2

# Columns of these kinds may fold to this many cells; all others are shown whole or not in a grid.
_NARROWEST = {Kind.IDENTIFIER: 20, Kind.TEXT: 20, Kind.LIST: 20, Kind.JSON: 24}
_DATE_AND_BLANK = len("2026-01-15 ")


def fit(columns: Sequence[Column], natural: Sequence[int], available: int | None) -> list[int] | None:
    """The columns' widths in a grid, in terminal cells; None when they do not fit.

    Args:
        columns: those that people see.
        natural: the width that each column would like.
        available: the terminal's width; None where there is no limit.
    """
    if available is None:
        return list(natural)
    room = available - GAP * (len(columns) - 1)
    floors = [_floor(column.kind, width) for column, width in zip(columns, natural, strict=True)]
    if sum(floors) > room:
        return None
    widths = list(natural)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda i: (widths[i] > floors[i], widths[i]))
        widths[widest] -= 1
    return widths


def columns_that_fit(
    columns: Sequence[Column], natural: Sequence[int], available: int | None
) -> list[int] | None:
    """Which of the columns a grid can show, by position: those of the highest rank go first.

    Returns:
        Positions in order; None when not even the columns of rank 0 fit.
    """
    kept = list(range(len(columns)))
    while fit([columns[i] for i in kept], [natural[i] for i in kept], available) is None:
        dispensable = max(kept, key=lambda i: columns[i].rank)
        if columns[dispensable].rank == 0:
            return None
        kept.remove(dispensable)
    return kept


def _floor(kind: Kind, natural: int) -> int:
    if kind is Kind.TIME:
        # The date goes above the time of day.
        return natural - _DATE_AND_BLANK if natural >= 2 * _DATE_AND_BLANK else natural
    return min(natural, _NARROWEST.get(kind, natural))
