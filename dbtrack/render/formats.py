"""The output formats, and the input of a writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import islice
from typing import Any, TextIO

from dbtrack.reports.model import Column
from dbtrack.terminal.abilities import ColorChoice

BATCH_ROWS = 1000

Row = Sequence[Any]


class Format(StrEnum):
    """The output formats, which docs/output-formats.md describes."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    SPREADSHEET = "spreadsheet"
    MARKDOWN = "markdown"
    PLAIN = "plain"


FOR_PEOPLE = (Format.TABLE, Format.MARKDOWN)
"""The formats that show a number with the unit of its row; the others have a column for the unit."""


def default_format(stream: TextIO) -> Format:
    """Return the default format for a stream: a table on a terminal, plain text elsewhere."""
    return Format.TABLE if stream.isatty() else Format.PLAIN


@dataclass(frozen=True)
class Look:
    """How a result looks; only the formats for people, and mostly only a terminal, regard it.

    Args:
        zone: the time zone of times; None for the local zone of the machine.
        color: the option ``--color``.
        verbose: show whole keys, and what else is for machines.
        relative: show how long ago something was, in place of a time.
        as_screen: draw the screen of the report on a terminal, where it has one; else a table of its columns.
            A screen is not drawn of chosen columns, or in another order.
        now: the moment that relative and short times count from; None for this one.
    """

    zone: tzinfo | None = None
    color: ColorChoice = ColorChoice.AUTO
    verbose: bool = False
    relative: bool = False
    as_screen: bool = True
    now: datetime | None = None


DEFAULT_LOOK = Look()


@dataclass(frozen=True)
class Section:
    """Columns and rows with a name; `dbtrack show` writes several sections, a report one.

    Args:
        name: for programs: the name of the report or of its part.
        rows: read once; may be infinite.
        title: for users.
        details: what stands behind the title on a terminal: the database and its server, the window.
    """

    name: str | None
    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str | None = None
    details: Sequence[str] = ()


@dataclass(frozen=True)
class Selection:
    """What of a result to write; without arguments, all of it as it comes.

    Args:
        columns: the names of the columns to write, in this order; empty for all.
        sort: the names of the columns to order by; ``-`` before a name for the highest first.
        rows: how many rows to write; None for all.
    """

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    rows: int | None = None

    def __bool__(self) -> bool:
        """Return whether anything is selected."""
        return bool(self.columns or self.sort or self.rows is not None)


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Return the rows in lists of at most 1000; nothing for an empty result."""
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        yield batch
