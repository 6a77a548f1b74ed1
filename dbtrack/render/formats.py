"""The output formats, and what a writer is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, TextIO

from dbtrack.reports.model import Column

BATCH_ROWS = 1000

Row = Sequence[Any]


class Format(StrEnum):
    """How a report is written; each is described in docs/output-formats.md."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    SPREADSHEET = "spreadsheet"
    MARKDOWN = "markdown"
    PLAIN = "plain"


def default_format(stream: TextIO) -> Format:
    """The format for a stream when none was asked for: a table on a terminal, plain text elsewhere."""
    return Format.TABLE if stream.isatty() else Format.PLAIN


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


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of at most 1000; none for an empty result."""
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        yield batch
