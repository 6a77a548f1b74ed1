"""Write a table for people: a grid, or one record after the other if a grid is too wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from dbtrack.columns import FIRST_TO_GO
from dbtrack.render.formats import DEFAULT_LOOK, Look, Row, Section, batches
from dbtrack.render.screens.canvas import Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import KEY_DIGITS, cells, fold
from dbtrack.render.values import (
    SHORT_KEY_DIGITS,
    DisplayStyle,
    alignment,
    human_cells,
    shown_columns,
)
from dbtrack.reports.model import Column, Kind

GAP = 2

# Columns of these kinds may be folded to this many cells; all others are shown whole, or not in a grid.
_NARROWEST = {Kind.IDENTIFIER: 20, Kind.TEXT: 20, Kind.LIST: 20, Kind.JSON: 24}


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
        min(width, _NARROWEST.get(column.kind, width))
        for column, width in zip(columns, natural_widths, strict=True)
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


_GRID_LIST_ITEMS = 3
_RECORD_LIST_ITEMS = 20

_MEANINGS = {
    "COMPLETED": Meaning.GOOD,
    "OK": Meaning.GOOD,
    "EXCELLENT": Meaning.GOOD,
    "GOOD": Meaning.GOOD,
    "RUNNING": Meaning.RUNNING,
    "WARNING": Meaning.WARNING,
    "CANCELLED": Meaning.WARNING,
    "ABANDONED": Meaning.WARNING,
    "FAILED": Meaning.BAD,
    "CRITICAL": Meaning.BAD,
    "POOR": Meaning.BAD,
}


def write_table(section: Section, stream: TextIO, look: Look = DEFAULT_LOOK) -> None:
    """Write formatted values in a grid as wide as the terminal, or as records; nothing is truncated.

    If the stream is not a terminal, there is no limit of width, and there are no colours unless the options
    or the environment ask for them.
    """
    canvas = Canvas(stream, zone=look.zone, now=look.now, color=look.color)
    writer = _ScreenTable(section, canvas, look) if stream.isatty() else _FileTable(section, canvas, look)
    writer.write_title()
    for batch in batches(section.rows):
        writer.write_batch(batch)
    writer.write_footer()


class _Table:
    """A table of either kind: the values of its rows, and what stands around them."""

    margin = ""

    def __init__(self, section: Section, canvas: Canvas, look: Look) -> None:
        self.section = section
        self.canvas = canvas
        self.look = look
        self.shown = shown_columns(section.columns)
        self.headings = [canvas.shown(column.heading) for column in self.shown]
        self.natural_widths = [cells(heading) for heading in self.headings]
        self.kept = list(range(len(self.shown)))
        self.rows_written = 0

    def write_title(self) -> None:
        """Write the title, where there is one."""
        if self.section.title:
            self.canvas.put((self.section.title, Meaning.STRONG))

    def write_batch(self, batch: Sequence[Row]) -> None:
        """Write rows under those that are written."""
        self._write_rows([self._lines(row, self._style()) for row in batch], None)
        self.rows_written += len(batch)

    def write_footer(self) -> None:
        """Write what stands below the rows."""
        if not self.rows_written:
            self.canvas.put(("no rows", Meaning.FAINT))

    def _style(self) -> DisplayStyle:
        return DisplayStyle(self.look.zone, key_digits=SHORT_KEY_DIGITS, list_items=_GRID_LIST_ITEMS)

    def _lines(self, row: Row, style: DisplayStyle) -> list[list[str]]:
        """Return the lines of each cell."""
        return [
            [self.canvas.shown(line) for line in text.replace("\r\n", "\n").split("\n")]
            for text in human_cells(self.section.columns, row, style)
        ]

    def _measure(self, rows: Sequence[Sequence[Sequence[str]]]) -> None:
        for row in rows:
            for i, lines in enumerate(row):
                self.natural_widths[i] = max(self.natural_widths[i], *map(cells, lines))

    def _write_rows(self, rows: Sequence[list[list[str]]], available: int | None) -> None:
        self._measure(rows)
        columns = [self.shown[i] for i in self.kept]
        widths = column_widths(columns, [self.natural_widths[i] for i in self.kept], available)
        # A grid keeps its columns from its first row on, and folds what is too wide later.
        self.widths = widths or self.widths
        if self.rows_written == 0:
            self._write_line([[(self.headings[i], Meaning.STRONG)] for i in self.kept])
        for row in rows:
            self._write_row([row[i] for i in self.kept])

    def _write_row(self, row: Sequence[Sequence[str]]) -> None:
        folded = [
            [line for text in lines for line in fold(text, width)]
            for lines, width in zip(row, self.widths, strict=True)
        ]
        for number in range(max(map(len, folded))):
            line = [lines[number] if number < len(lines) else "" for lines in folded]
            self._write_line(
                [[_styled(self.shown[i], text)] for i, text in zip(self.kept, line, strict=True)]
            )

    def _write_line(self, line: Sequence[Sequence[Piece]]) -> None:
        pieces: list[Piece] = [self.margin]
        for position, cell in enumerate(line):
            room = " " * max(self.widths[position] - self.canvas.length(cell), 0)
            is_right = alignment(self.shown[self.kept[position]].kind) == "right"
            pieces += [" " * GAP if position else "", *([room, *cell] if is_right else [*cell, room])]
        self.canvas.put(*pieces)

    widths: Sequence[int] = ()


class _FileTable(_Table):
    """A table off a terminal: as wide as it is."""


class _ScreenTable(_Table):
    """A table on a terminal: under a head, and no wider than the screen."""

    margin = " "

    def __init__(self, section: Section, canvas: Canvas, look: Look) -> None:
        super().__init__(section, canvas, look)
        self.as_records = False

    def write_title(self) -> None:
        """Write the title, the database and its server, the window and the zone of the times."""
        if self.section.title:
            self.canvas.head(self.section.title, *self.section.details, self._zone())

    def write_batch(self, batch: Sequence[Row]) -> None:
        """Write rows in the grid, or as records where not even the columns that matter most fit in a grid."""
        rows = [] if self.as_records else [self._lines(row, self._style()) for row in batch]
        available = self.canvas.width - len(self.margin)
        if self.rows_written == 0:
            self._measure(rows)
            kept = fitting_columns(self.shown, self.natural_widths, available)
            self.as_records = kept is None
            self.kept = kept or self.kept
        if self.as_records:
            self._write_records(batch)
        else:
            self._write_rows(rows, available)
        self.rows_written += len(batch)

    def _zone(self) -> str:
        """Return the zone of the times, where the title does not name it with a window."""
        has_times = any(column.kind is Kind.TIME for column in self.shown)
        zone = self.canvas.zone_words
        return zone if has_times and not any(part.endswith(zone) for part in self.section.details) else ""

    def write_footer(self) -> None:
        """Write how many rows there were, and which columns had no room."""
        if not self.rows_written:
            self.canvas.put(self.margin, ("no rows", Meaning.FAINT))
            return
        left_out = [column.heading for i, column in enumerate(self.shown) if i not in self.kept]
        if left_out and not self.as_records:
            note = f"no room for: {', '.join(left_out)} (a wider terminal, or --columns, shows them)"
            self.canvas.put_folded(len(self.margin), note, Meaning.FAINT)
        if self.rows_written > 1 and self.section.title:
            self.canvas.put(self.margin, (f"{self.rows_written:,} rows", Meaning.FAINT))

    def _style(self) -> DisplayStyle:
        return DisplayStyle(
            self.look.zone,
            key_digits=None if self.look.verbose else KEY_DIGITS,
            list_items=_GRID_LIST_ITEMS,
            now=None if self.look.verbose else self.canvas.now,
            relative=self.look.relative,
        )

    def _write_records(self, batch: Sequence[Row]) -> None:
        # In a record a key has a line of its own, so it is not shortened.
        style = replace(self._style(), key_digits=None, list_items=_RECORD_LIST_ITEMS, now=None)
        label = max(map(cells, self.headings)) + GAP
        for number, row in enumerate(batch, self.rows_written + 1):
            if len(batch) > 1 or number > 1:
                self.canvas.put((f"-- {number} --", Meaning.FAINT))
            for column, heading, lines in zip(
                self.shown, self.headings, self._lines(row, style), strict=True
            ):
                for position, line in enumerate(lines):
                    first: list[Piece] = [] if position else [self.margin, (heading, Meaning.STRONG)]
                    self.canvas.put_folded(
                        label + len(self.margin), line, _styled(column, line)[1], first=first
                    )


def _styled(column: Column, text: str) -> tuple[str, Meaning]:
    is_status = column.kind is Kind.STATUS
    return text, _MEANINGS.get(text, Meaning.PLAIN) if is_status else Meaning.PLAIN
