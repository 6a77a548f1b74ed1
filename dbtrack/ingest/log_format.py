"""What a form of log has to know, and telling the forms apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from dbtrack.ingest.entry import DamagedEntryError, LogEntry

Found = LogEntry | DamagedEntryError

_CSV_RECORD = re.compile(rb'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,"\n]{1,40},(?:"|,)')


class LogFormat(StrEnum):
    """The forms in which PostgreSQL writes its log."""

    JSON = "json"
    CSV = "csv"
    STDERR = "stderr"


class LogReader(Protocol):
    """Reads one form of log.

    Args:
        format: which.
    """

    @property
    def format(self) -> LogFormat:
        """Which form it reads."""

    def cut(self, data: bytes, *, settled: bool) -> int:
        """Return how much of the data is whole entries.

        Args:
            data: begins where an entry begins.
            settled: nothing has been written after it for a while, so a last entry that can end here does.
        """

    def entries(self, block: bytes) -> Iterator[Found]:
        """Return the entries of the block that can be of interest, and what should be one and is damaged.

        Args:
            block: whole entries.
        """


def detect(first_line: bytes) -> LogFormat:
    """Return the form of a log that begins with this line."""
    if first_line.lstrip()[:1] == b"{":
        return LogFormat.JSON
    return LogFormat.CSV if _CSV_RECORD.match(first_line) else LogFormat.STDERR
