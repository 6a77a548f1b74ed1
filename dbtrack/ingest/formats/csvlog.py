"""Read csvlog: one record for each entry, which may have many lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from dbtrack.ingest.find_ddl import candidate_offsets
from dbtrack.ingest.formats.entry import (
    DamagedEntryError,
    LogEntry,
    known_name,
    numbered_identity,
    sqlstate,
    transaction,
    whole_number,
)
from dbtrack.ingest.formats.log_format import EntryOrDamage, first_readable
from dbtrack.ingest.formats.log_time import LogClock

# The beginning of a logged-in session's entry. No statement can forge it: inside a quoted field every quote
# is doubled, so a comma, a single quote and a letter never follow each other there. Programs that rewrite CSV
# may quote the time as well; a single quote never begins a line inside a field either.
_TIME = rb'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6} [^,"\n]{1,40}'
_START = re.compile(rb'^(?:%b,"|"%b","?)[^",\n]' % (_TIME, _TIME), re.MULTILINE)
# The entry of any process; background processes have no user.
_RECORD = re.compile(rb'^(?:%b|"%b"),' % (_TIME, _TIME), re.MULTILINE)
_START_BYTES = 256
_FEWEST_FIELDS = 23  # before PostgreSQL 13; later versions appended fields
_LONGEST_FIELD = 1 << 30

csv.field_size_limit(_LONGEST_FIELD)


class CsvLogReader:
    """Reads csvlog."""

    def __init__(self, clock: LogClock) -> None:
        self._clock = clock

    def complete_length(self, data: bytes, *, settled: bool) -> int:
        """As `LogReader.complete_length`; only the records of logged-in sessions have to be whole."""
        del settled
        line_end = data.rfind(b"\n") + 1
        start = _last_start(data, line_end)
        if start is None or _record_end(data, start, line_end) is not None:
            return line_end
        return start

    def entries(self, block: bytes) -> Iterator[EntryOrDamage]:
        """As `LogReader.entries`."""
        end = 0
        for position in candidate_offsets(block):
            if position < end:
                continue
            start = _last_start(block, position, floor=end)
            if start is None:
                end = block.rfind(b"\n", end, position) + 1 or end
                continue
            record_end = _record_end(block, start, len(block))
            if record_end is None:
                yield DamagedEntryError("a quote is not closed")
                end = block.find(b"\n", position) + 1 or len(block)
                continue
            end = record_end
            if record_end > position:
                yield self._read(block[start:end])

    def first_entry(self, sample: bytes) -> int | None:
        """As `LogReader.first_entry`."""
        starts = (match.start() for match in _RECORD.finditer(sample))
        ends = ((start, _record_end(sample, start, len(sample))) for start in starts)
        return first_readable((start, self._read(sample[start:end])) for start, end in ends if end)

    def _read(self, record: bytes) -> EntryOrDamage:
        text = record.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        try:
            rows = list(csv.reader([text], strict=True))
            if len(rows) != 1:
                return DamagedEntryError("not exactly one row of CSV")
            return self._entry(rows[0], record)
        except (ValueError, csv.Error, DamagedEntryError) as error:
            return DamagedEntryError(str(error))

    def _entry(self, fields: Sequence[str], record: bytes) -> LogEntry:
        if len(fields) < _FEWEST_FIELDS:
            raise DamagedEntryError(f"{len(fields)} fields")
        session_id, line_number = fields[5] or None, whole_number(fields[6])
        identity = numbered_identity(session_id, line_number, fields[0], fields[13])
        return LogEntry(
            time=self._clock.parse(fields[0]),
            user=known_name(fields[1]),
            database=known_name(fields[2]),
            pid=whole_number(fields[3]),
            client=_without_port(fields[4]),
            session_id=session_id,
            line_number=line_number,
            transaction_id=transaction(fields[10]),
            severity=fields[11],
            sqlstate=sqlstate(fields[12]),
            message=fields[13],
            detail=fields[14] or None,
            hint=fields[15] or None,
            internal_query=fields[16] or None,
            context=fields[18] or None,
            statement=fields[19] or None,
            position=whole_number(fields[20]),
            application=known_name(fields[22]),
            identity=identity or record.strip(),
            is_numbered=identity is not None,
        )


def _last_start(data: bytes, before: int, *, floor: int = 0) -> int | None:
    """Return the start of the last record that begins before an offset; None if there is none."""
    line_end = before
    while line_end > floor:
        start = data.rfind(b"\n", floor, line_end) + 1 or floor
        if _START.match(data, start, start + _START_BYTES):
            return start
        line_end = start - 1
    return None


def _record_end(data: bytes, start: int, stop: int) -> int | None:
    """Return where the record ends, at the first line end outside quotes; None if another begins before."""
    inside = False
    position = start
    while (line_end := data.find(b"\n", position, stop)) >= 0:
        inside ^= data.count(b'"', position, line_end) % 2 == 1
        position = line_end + 1
        if not inside:
            return position
        if _START.match(data, position, position + _START_BYTES):
            return None
    return None


def _without_port(connection_from: str) -> str | None:
    host, separator, port = connection_from.rpartition(":")
    return (host if separator and port.isdecimal() else connection_from) or None
