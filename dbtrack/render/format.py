"""The formats of the output, and which one is meant when nobody says."""

from __future__ import annotations

from enum import StrEnum
from typing import TextIO


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
