"""What a form of log has to know, and telling the forms apart."""

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
    """Reads one form of log."""

    def complete_length(self, data: bytes, *, settled: bool) -> int:
        """Return how much of the data is whole entries.

        Args:
            data: begins where an entry begins.
            settled: nothing has been written after it for a while, so a last entry that can end here does.
        """

    def first_entry(self, sample: bytes) -> int | None:
        """Return where in the sample the first entry begins that can be read; None if none can.

        Raises:
            UnknownZoneError: there are entries, and the time zone of the first is unknown.
        """

    def entries(self, block: bytes) -> Iterator[EntryOrDamage]:
        """Return the entries of the block that can be of interest, and what should be one and is damaged.

        Args:
            block: whole entries.
        """


def detect(sample: bytes) -> LogFormat:
    """Return the form of a log that begins with this sample.

    The first line that tells it decides: a later one can stand in a statement, or in a name with line ends.
    """
    for line in sample.split(b"\n"):
        if found := format_of_line(line):
            return found
    return LogFormat.STDERR


def reveals_format(sample: bytes) -> bool:
    """Tell whether a whole line of the sample tells the form of the log."""
    return any(format_of_line(line) for line in sample.split(b"\n")[:-1])


def format_of_line(line: bytes) -> LogFormat | None:
    """Return the form of log of which this can be the first line of an entry; None for that of none."""
    if _CSV_RECORD.match(line):
        return LogFormat.CSV
    if _JSON_OBJECT.match(line):
        return LogFormat.JSON
    return LogFormat.STDERR if _STDERR_LINE.match(line) else None


def first_readable(found: Iterable[tuple[int, EntryOrDamage]]) -> int | None:
    """Return the place of the first of these that is an entry.

    Raises:
        UnknownZoneError: none is, and one is only because of its time zone.
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
