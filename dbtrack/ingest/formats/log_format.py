"""The formats of a log, the protocol of their readers, and detection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from dbtrack.ingest.formats.entry import DamagedEntryError, LogEntry
from dbtrack.ingest.formats.log_time import UnknownZoneError
from dbtrack.log_formats import LogFormat

__all__ = ["LogFormat", "LogReader", "detect", "first_readable"]

EntryOrDamage = LogEntry | DamagedEntryError

_TIME = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_CSV_TIME = _TIME + rb'\.\d{1,6} [^,"\n]{1,40}'
_CSV_RECORD = re.compile(rb'%b,[",]|"%b",' % (_CSV_TIME, _CSV_TIME))
_JSON_OBJECT = re.compile(rb'\s*\{\s*"')
_STDERR_LINE = re.compile(rb"%b|\d{10}\.\d{3}\b|[^\t\n][^\n]*[A-Z]{3,}:  " % _TIME)


class LogReader(Protocol):
    """Reads one format."""

    def complete_length(self, data: bytes, *, settled: bool) -> int:
        """Return how many bytes at the beginning of the data are complete entries.

        Args:
            data: starts at the beginning of an entry.
            settled: nothing was written after it for a while, so the last entry is complete if it can be.
        """

    def first_entry(self, sample: bytes) -> int | None:
        """Return the offset of the first readable entry in the sample; None if there is none.

        Raises:
            UnknownZoneError: there are entries, and the time zone of the first is unknown.
        """

    def entries(self, block: bytes) -> Iterator[EntryOrDamage]:
        """Return the entries of the block that may hold DDL, and an error for each that cannot be read.

        Args:
            block: complete entries.
        """


def detect(sample: bytes) -> LogFormat:
    """Return the format of a log that begins with this sample.

    The first line that reveals it decides: a later one can be part of a statement, or of a name with line
        ends.
    """
    for line in sample.split(b"\n"):
        if found := format_of_line(line):
            return found
    return LogFormat.STDERR


def reveals_format(sample: bytes) -> bool:
    """Return whether a complete line of the sample reveals the format of the log."""
    return any(format_of_line(line) for line in sample.split(b"\n")[:-1])


def format_of_line(line: bytes) -> LogFormat | None:
    """Return the format in which this can be the first line of an entry; None if there is none."""
    if _CSV_RECORD.match(line):
        return LogFormat.CSV
    if _JSON_OBJECT.match(line):
        return LogFormat.JSON
    return LogFormat.STDERR if _STDERR_LINE.match(line) else None


def first_readable(found: Iterable[tuple[int, EntryOrDamage]]) -> int | None:
    """Return the offset of the first entry.

    Raises:
        UnknownZoneError: there is no entry, and one cannot be read only because of its time zone.
    """
    unknown: UnknownZoneError | None = None
    for place, each in found:
        if isinstance(each, LogEntry):
            return place
        if isinstance(each, UnknownZoneError):
            unknown = unknown or each
    if unknown:
        raise unknown
    return None
