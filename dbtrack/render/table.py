"""Write a table for a terminal through Rich: a grid, or one record after the other if a grid is too wide."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dbtrack.columns import FIRST_TO_GO
from dbtrack.render.formats import Row, Section, batches
from dbtrack.render.readable import visible
from dbtrack.render.values import DisplayStyle, alignment, human_cells, shown_columns
from dbtrack.reports.model import Column, Kind

GAP = 2

# Columns of these kinds may be folded to this many cells; all others are shown whole, or not in a grid.
_NARROWEST = {Kind.IDENTIFIER: 20, Kind.TEXT: 20, Kind.LIST: 20, Kind.JSON: 24}
_DATE_AND_BLANK = len("2026-01-15 ")


def column_widths(
    columns: Sequence[Column], natural_widths: Sequence[int], available: int | None
) -> list[int] | None:
    """Return the widths of the columns in a grid, in terminal cells; None if they do not fit.

    Args:
        columns: the shown columns.
        natural_widths: the width that each column needs without folding.
        available: the terminal's width; None for no limit.
    """
    if available is None:
        return list(natural_widths)
    room = available - GAP * (len(columns) - 1)
    least_widths = [
        _least_width(column.kind, width) for column, width in zip(columns, natural_widths, strict=True)
    ]
    if sum(least_widths) > room:
        return None
    widths = list(natural_widths)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda i: (widths[i] > least_widths[i], widths[i]))
        widths[widest] -= 1
    return widths


def fitting_columns(
    columns: Sequence[Column], natural_widths: Sequence[int], available: int | None
) -> list[int] | None:
    """Return the positions of the columns that a grid can show; the highest ranks are dropped first.

    Returns:
        Positions in order; None if not even the columns of rank 0 fit.
    """
    kept = list(range(len(columns)))
    while True:
        widths = [natural_widths[i] for i in kept]
        fitted = column_widths([columns[i] for i in kept], widths, available)
        dispensable = max(kept, key=lambda i: columns[i].rank)
        if fitted == widths or (fitted is not None and columns[dispensable].rank < FIRST_TO_GO):
            return kept
        if columns[dispensable].rank == 0:
            return None
        kept.remove(dispensable)


def _least_width(kind: Kind, natural_widths: int) -> int:
    if kind is Kind.TIME:
        # The date can be folded above the time of day.
        return natural_widths - _DATE_AND_BLANK if natural_widths >= 2 * _DATE_AND_BLANK else natural_widths
    return min(natural_widths, _NARROWEST.get(kind, natural_widths))


_GRID_LIST_ITEMS = 3
_RECORD_LIST_ITEMS = 20
_NO_LIMIT = 1_000_000
# Rich assumes 80 columns for these terminals.
_TERMINALS_TAKEN_FOR_80_COLUMNS = {"dumb", "unknown"}

_STATUS_STYLES = {
    "COMPLETED": "green",
    "OK": "green",
    "EXCELLENT": "green",
    "GOOD": "green",
    "RUNNING": "cyan",
    "WARNING": "yellow",
    "CANCELLED": "yellow",
    "ABANDONED": "yellow",
    "FAILED": "bold red",
    "CRITICAL": "bold red",
    "POOR": "bold red",
}


def write_table(section: Section, stream: TextIO, *, zone: tzinfo | None = None) -> None:
    """Write formatted values in a grid as wide as the terminal, or as records; nothing is truncated.

    If the stream is not a terminal, there is no colour, no lines and no limit of width.
    """
    writer = _TableWriter(section.columns, stream, zone)
    if section.title:
        writer.console.print(Text(visible(section.title), style="bold"))
    any_row = False
    for batch in batches(section.rows):
        writer.write_batch(batch)
        any_row = True
    if not any_row:
        writer.console.print(Text("no rows", style="dim"))
    writer.write_footer()


class _TableWriter:
    def __init__(self, columns: Sequence[Column], stream: TextIO, zone: tzinfo | None) -> None:
        self.columns = columns
        self.shown = shown_columns(columns)
        self.console = _console(stream)
        self.on_terminal = stream.isatty()
        # In a record a key has its own line, so it is not shortened.
        self.record_style = DisplayStyle(zone, list_items=_RECORD_LIST_ITEMS)
        self.grid_style = DisplayStyle(zone, short_keys=True, list_items=_GRID_LIST_ITEMS)
        self.natural_widths = [cell_len(column.heading) for column in self.shown]
        self.kept = list(range(len(self.shown)))
        self.widths: list[int] | None = None
        self.rows_written = 0
        self.as_records = False

    def write_batch(self, batch: Sequence[Row]) -> None:
        cells = [] if self.as_records else [self._cells(row, self.grid_style) for row in batch]
        self._measure(cells)
        if self.as_records:
            self._write_records(batch)
        else:
            self._write_grid(cells)
        self.rows_written += len(batch)

    def _cells(self, row: Row, style: DisplayStyle) -> list[Text]:
        texts = human_cells(self.columns, row, style)
        return [_cell(column, text) for column, text in zip(self.shown, texts, strict=True)]

    def _measure(self, cells: Sequence[Sequence[Text]]) -> None:
        for row in cells:
            for i, cell in enumerate(row):
                self.natural_widths[i] = max(self.natural_widths[i], *map(cell_len, cell.plain.split("\n")))
        available = self.console.width if self.on_terminal else None
        if self.rows_written == 0:
            # Only before the first row: a grid keeps its columns from then on, and folds what is too wide.
            kept = fitting_columns(self.shown, self.natural_widths, available)
            self.as_records = kept is None
            self.kept = kept or self.kept
        if not self.as_records:
            columns = [self.shown[i] for i in self.kept]
            self.widths = (
                column_widths(columns, [self.natural_widths[i] for i in self.kept], available) or self.widths
            )

    def write_footer(self) -> None:
        left_out = [column.heading for i, column in enumerate(self.shown) if i not in self.kept]
        if left_out and not self.as_records:
            note = f"no room for: {', '.join(left_out)} (a wider terminal, or --format plain, shows them)"
            self.console.print(Text(visible(note), style="dim"))

    def _write_grid(self, cells: Sequence[Sequence[Text]]) -> None:
        table = Table(
            box=box.SIMPLE_HEAD if self.on_terminal else None,
            show_header=self.rows_written == 0,
            show_edge=False,
            pad_edge=False,
            # A box already adds one space between columns.
            padding=(0, GAP - 1 if self.on_terminal else GAP, 0, 0),
            header_style="bold",
        )
        for column, width in zip((self.shown[i] for i in self.kept), self.widths or (), strict=True):
            table.add_column(
                Text(visible(column.heading)), justify=alignment(column.kind), width=width, overflow="fold"
            )
        for row in cells:
            table.add_row(*(row[i] for i in self.kept))
        self.console.print(table)

    def _write_records(self, batch: Sequence[Row]) -> None:
        for number, row in enumerate(batch, self.rows_written + 1):
            record = Table.grid(padding=(0, GAP, 0, 0))
            record.add_column(no_wrap=True)
            record.add_column(overflow="fold")
            for column, cell in zip(self.shown, self._cells(row, self.record_style), strict=True):
                record.add_row(Text(visible(column.heading), style="bold"), cell)
            if len(batch) > 1 or number > 1:
                self.console.print(Text(f"-- {number} --", style="dim"))
            self.console.print(record)


def _cell(column: Column, text: str) -> Text:
    style = _STATUS_STYLES.get(text, "") if column.kind is Kind.STATUS else ""
    return Text(visible(text, keep_newlines=True), style=style)


def _console(stream: TextIO) -> Console:
    on_terminal = stream.isatty()
    # With NO_COLOR, Rich would still write bold text, so it gets no colour system at all.
    plain: dict[str, Any] = {"color_system": None} if os.environ.get("NO_COLOR") or not on_terminal else {}
    width, height = _size(stream) if on_terminal else (_NO_LIMIT, None)
    return Console(
        file=stream,
        width=width,
        height=height,
        force_terminal=on_terminal,
        highlight=False,
        markup=False,
        emoji=False,
        **plain,
    )


def _size(stream: TextIO) -> tuple[int | None, int | None]:
    """Return the width and height of a terminal whose size Rich does not query; None leaves it to Rich."""
    if os.environ.get("TERM", "").lower() not in _TERMINALS_TAKEN_FOR_80_COLUMNS or "COLUMNS" in os.environ:
        return None, None
    size = os.get_terminal_size(stream.fileno())
    return size.columns or None, size.lines or None
