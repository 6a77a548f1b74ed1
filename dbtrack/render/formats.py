"""The output formats, and the input of a writer."""

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
    """The output formats, which docs/output-formats.md describes."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    SPREADSHEET = "spreadsheet"
    MARKDOWN = "markdown"
    PLAIN = "plain"


def default_format(stream: TextIO) -> Format:
    """Return the default format for a stream: a table on a terminal, plain text elsewhere."""
    return Format.TABLE if stream.isatty() else Format.PLAIN


@dataclass(frozen=True)
class Section:
    """Columns and rows with a name; `dbtrack show` writes several sections, a report one.

    Args:
        name: for programs: the name of the report or of its part.
        rows: read once; may be infinite.
        title: for users.
    """

    name: str | None
    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str | None = None


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Return the rows in lists of at most 1000; nothing for an empty result."""
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        yield batch
