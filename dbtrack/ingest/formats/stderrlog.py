"""Read stderr logs: lines with log_line_prefix, in which an entry has several parts.

The server begins each further line of a part with a tab, so no statement can forge the beginning of an entry.
Names in the prefix can: an entry that can be read in two ways is reported as ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from dbtrack.ingest.find_ddl import candidate_offsets
from dbtrack.ingest.formats.entry import (
    AmbiguousEntryError,
    DamagedEntryError,
    LogEntry,
    known_name,
    numbered_identity,
    sqlstate,
    transaction,
    whole_number,
)
from dbtrack.ingest.formats.line_prefix import LinePrefix, Reading
from dbtrack.ingest.formats.log_format import EntryOrDamage, first_readable
from dbtrack.ingest.formats.log_time import LogClock
from dbtrack.redaction.server_message_words import FAILED_SEVERITIES, PARTS

_MOST_PARTS = 12
# In English, German, French, Spanish, Italian, Portuguese, Swedish, Russian and Ukrainian, Georgian; then in
# Japanese, Korean and Chinese.
_POSITION = re.compile(
    r" (?:at character|bei Zeichen|au caractère|en carácter|al carattere|no caractere|vid tecken"
    r"|\(?символ|სიმბოლოსთან) (?P<behind>\d+)\)?\Z"
    r"|(?: 第 | 在第 |\(| )(?P<before>\d+)(?:文字目\)| 번째 문자 부근| 个字符处| 個字元處)\Z"
)
_PORT = re.compile(r"\(\d+\)\Z")
# A startup packet has at most 10,000 bytes.
_LONGEST_NAMES = 10_000
_SESSION_FIELDS = ("user", "database", "application", "client", "client_port")


@dataclass(frozen=True)
class _Line:
    """One part of an entry: its first line and the lines that continue it."""

    start: int
    end: int
    readings: list[Reading]

    @property
    def fields(self) -> Mapping[str, str | None]:
        return self.readings[0].fields if self.readings else {}

    @property
    def label(self) -> str:
        # French has a space before the colon.
        return (self.fields.get("severity") or "").strip()

    @property
    def part(self) -> str:
        """The English name of the part; empty for a line that begins an entry."""
        return PARTS.get(self.label, "")

    @property
    def is_part(self) -> bool:
        return bool(self.part)

    @property
    def is_entry(self) -> bool:
        """Whether an entry begins here, with a severity that PostgreSQL writes."""
        return bool(self.readings) and self.readings[0].is_known and not self.is_part

    @property
    def is_ambiguous(self) -> bool:
        """Whether the line can be read in more than one way."""
        return len({reading.entry for reading in self.readings}) > 1

    @property
    def text(self) -> str:
        return (self.fields.get("text") or "").rstrip("\r\n").replace("\n\t", "\n")

    def continues(self, other: _Line) -> bool:
        """Return whether it can be a part of the entry that the other line belongs to."""
        return self.is_part and _session(self.fields) == _session(other.fields)


@dataclass
class _RawEntry:
    """The parts of an entry by their English names."""

    first: _Line
    parts: dict[str, str] = field(default_factory=dict)
    is_ambiguous: bool = False


@dataclass(frozen=True)
class KnownNames:
    """The names that exist on the server, which decide between several readings of a line.

    Args:
        users: names of its login roles.
        databases: names of its databases.
    """

    users: Collection[str] = ()
    databases: Collection[str] = ()


class StderrLogReader:
    """Reads what the server writes to stderr.

    Args:
        prefix: the server's log_line_prefix.
        clock: reads its times.

    Raises:
        UsageError: the prefix contains no time.
    """

    def __init__(self, prefix: str, clock: LogClock, names: KnownNames | None = None) -> None:
        self._prefix = LinePrefix(prefix)
        self._clock = clock
        self._names = names or KnownNames()
        self._before = b""

    def complete_length(self, data: bytes, *, settled: bool) -> int:
        """As `LogReader.complete_length`; the last entry counts only when settled: parts of it may follow."""
        line_end = data.rfind(b"\n") + 1
        if settled or not line_end:
            return line_end
        line = self._line(data, line_end - 1)
        for _ in range(_MOST_PARTS):
            if line.is_entry or line.start == 0:
                break
            line = self._line(data, line.start - 1)
        return line.start

    def first_entry(self, sample: bytes) -> int | None:
        """As `LogReader.first_entry`."""
        starts = [0, *(match.end() for match in re.finditer(rb"\n(?!\t)", sample))]
        lines = (self._line(sample, start) for start, _ in pairwise(starts))
        return first_readable(
            (line.start, self._read(_RawEntry(line))) for line in lines if line.is_entry or line.is_part
        )

    def entries(self, block: bytes) -> Iterator[EntryOrDamage]:
        """As `LogReader.entries`."""
        end = 0
        torn = _TornLines(self, block, self._before)
        # From the beginning of a line: the rest of one looks torn.
        self._before = block[block.rfind(b"\n", 0, max(0, len(block) - _LONGEST_NAMES)) + 1 :]
        for position in candidate_offsets(block):
            if position < end:
                continue
            line = self._line(block, position)
            first = self._first_line(block, line)
            if first is None:
                end = line.end
                yield self._damage(line)
                continue
            raw, end = self._collect(block, first)
            raw.is_ambiguous |= self._prefix.is_forgeable and torn.is_near(first.start, end)
            yield self._read(raw)

    def is_torn(self, line: bytes) -> bool:
        """Return whether a line is not an entry, but may be part of one that a line end in a name split."""
        return self._prefix.is_torn(line[:_LONGEST_NAMES].decode(errors="replace"))

    def is_entry(self, line: bytes) -> bool:
        """Return whether a line alone can be read as an entry."""
        readings = self._prefix.readings(line.decode(errors="replace"))
        return bool(readings) and readings[0].is_known

    def is_in_failure(self, block: bytes, position: int) -> bool:
        """Return whether a position in a block is in the message of a failure."""
        return self._line(block, position).label in FAILED_SEVERITIES

    @staticmethod
    def _damage(line: _Line) -> DamagedEntryError:
        if line.is_ambiguous:
            return AmbiguousEntryError("a line can be read in two ways")
        if line.readings and not line.readings[0].is_known:
            return DamagedEntryError(f"{line.label} is not a word of PostgreSQL's log that dbtrack knows")
        return DamagedEntryError("no entry begins here")

    def _first_line(self, block: bytes, line: _Line) -> _Line | None:
        """Return the first line of the entry that a line is part of; None if it is not part of one."""
        for _ in range(_MOST_PARTS):
            if not line.is_part:
                return line if line.is_entry else None
            if line.start == 0:
                return None
            earlier = self._line(block, line.start - 1)
            if not line.continues(earlier):
                return None
            line = earlier
        return None

    def _collect(self, block: bytes, first: _Line) -> tuple[_RawEntry, int]:
        raw = _RawEntry(first, is_ambiguous=first.is_ambiguous)
        end = first.end
        while end < len(block):
            line = self._line(block, end)
            if not line.continues(first):
                break
            raw.parts.setdefault(line.part, line.text)
            raw.is_ambiguous |= line.is_ambiguous
            end = line.end
        return raw, end

    def _line(self, block: bytes, position: int) -> _Line:
        """Return the line at the position, with the lines that continue it."""
        start = block.rfind(b"\n", 0, position) + 1
        while block[start : start + 1] == b"\t" and start > 0:
            start = block.rfind(b"\n", 0, start - 1) + 1
        end = block.find(b"\n", position) + 1 or len(block)
        while block[end : end + 1] == b"\t":
            end = block.find(b"\n", end) + 1 or len(block)
        text = block[start:end].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        return _Line(start, end, self._prefix.readings(text))

    def _read(self, raw: _RawEntry) -> EntryOrDamage:
        if raw.is_ambiguous:
            fields = raw.first.fields
            time = fields.get("milliseconds") or fields.get("seconds") or fields.get("epoch")
            return AmbiguousEntryError(f"the entry of {time} can be read in two ways")
        try:
            return self._entry(self._session_fields(raw.first.readings), raw)
        except DamagedEntryError as damage:
            return damage

    def _session_fields(self, readings: list[Reading]) -> Mapping[str, str | None]:
        """Return the fields of the reading whose names exist, without the fields that remain uncertain.

        Raises:
            AmbiguousEntryError: it can be one of several logins.
        """
        matching = [
            reading.fields
            for reading in readings
            if reading.fields.get("user") in self._names.users
            and reading.fields.get("database") in self._names.databases
        ]
        candidates = matching or [reading.fields for reading in readings]
        if len({fields.get("user") for fields in candidates}) > 1:
            raise AmbiguousEntryError("the name of the login can be read in two ways")
        uncertain = [name for name in _SESSION_FIELDS if len({fields.get(name) for fields in candidates}) > 1]
        return {**candidates[0], **dict.fromkeys(uncertain)}

    def _entry(self, fields: Mapping[str, str | None], raw: _RawEntry) -> LogEntry:
        message, position = _split_position(raw.first.text)
        parts = raw.parts
        if "QUERY" in parts:
            position = None  # it is a position in the inner query
        session_id, line_number = fields.get("session_id"), whole_number(fields.get("line_number"))
        time = fields.get("milliseconds") or fields.get("epoch") or fields.get("seconds") or ""
        identity = numbered_identity(session_id, line_number, time, message)
        return LogEntry(
            time=self._time(fields),
            severity=raw.first.label,
            message=message,
            pid=whole_number(fields.get("pid")),
            user=known_name(fields.get("user")),
            database=known_name(fields.get("database")),
            application=known_name(fields.get("application")),
            client=known_name(fields.get("client") or _PORT.sub("", fields.get("client_port") or "")),
            sqlstate=sqlstate(fields.get("sqlstate") or fields.get("verbose_state")),
            detail=parts.get("DETAIL"),
            hint=parts.get("HINT"),
            position=position,
            statement=parts.get("STATEMENT"),
            internal_query=parts.get("QUERY"),
            context=parts.get("CONTEXT"),
            session_id=session_id,
            line_number=line_number,
            transaction_id=transaction(fields.get("transaction_id")),
            # Here each part of an entry has a number of its own, unlike in other formats.
            identity=b"stderr " + identity if identity else _text_identity(fields, time, raw),
            is_numbered=identity is not None,
            is_forgeable=self._prefix.is_forgeable,
        )

    def _time(self, fields: Mapping[str, str | None]) -> datetime:
        epoch = fields.get("epoch")
        if epoch and not fields.get("milliseconds"):
            return self._clock.parse_epoch(epoch)
        return self._clock.parse(fields.get("milliseconds") or fields.get("seconds") or "")


class _TornLines:
    """Finds lines that line ends in names split: entries near them can be forged."""

    def __init__(self, reader: StderrLogReader, block: bytes, before: bytes) -> None:
        self._reader = reader
        self._offset = len(before)
        self._block = before + block
        self._known: dict[int, bool] = {}

    def is_near(self, start: int, end: int) -> bool:
        """Return whether there is one within reach of the names of one connection attempt."""
        start, end = start + self._offset, end + self._offset
        before = self._block.rfind(b"\n", 0, max(0, start - _LONGEST_NAMES)) + 1
        return any(self._lines(before, start)) or any(self._lines(end, end + _LONGEST_NAMES))

    def _lines(self, position: int, stop: int) -> Iterator[bool]:
        while position < min(stop, len(self._block)):
            line_end = self._block.find(b"\n", position) + 1 or len(self._block)
            if position not in self._known:
                self._known[position] = self._is_torn(position, self._block[position:line_end])
            yield self._known[position]
            position = line_end

    def _is_torn(self, position: int, line: bytes) -> bool:
        if not line.startswith(b"\t"):
            return self._reader.is_torn(line)
        # The message of a failed connection usually contains its names, line ends included.
        return self._reader.is_entry(line[1:]) and self._reader.is_in_failure(self._block, position)


def _text_identity(fields: Mapping[str, str | None], time: str, raw: _RawEntry) -> bytes:
    """Return the identity of an entry without session and line number."""
    parts = (
        time,
        fields.get("pid"),
        raw.first.label,
        raw.first.text,
        raw.parts.get("STATEMENT"),
    )
    return "\n".join(part or "" for part in parts).encode()


def _split_position(message: str) -> tuple[str, int | None]:
    match = _POSITION.search(message)
    return (message[: match.start()], int(match["behind"] or match["before"])) if match else (message, None)


def _session(fields: Mapping[str, str | None]) -> tuple[str | None, ...]:
    return tuple(fields.get(name) for name in ("pid", "session_id", *_SESSION_FIELDS))
