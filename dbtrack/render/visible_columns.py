"""What people see of a row: a unit stands with its number, not in a column of its own."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.render.batches import Row
from dbtrack.render.values import Manner, human
from dbtrack.reports.model import Column


def shown_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns without those that only hold another's unit."""
    units = {column.unit_column for column in columns}
    return [column for column in columns if column.name not in units]


def human_cells(columns: Sequence[Column], row: Row, manner: Manner) -> list[str]:
    """One text for each of the shown columns; control characters are still in it."""
    by_name = dict(zip((column.name for column in columns), row, strict=True))
    return [
        human(
            column,
            by_name[column.name],
            manner,
            unit=by_name[column.unit_column] if column.unit_column else None,
        )
        for column in shown_columns(columns)
    ]
