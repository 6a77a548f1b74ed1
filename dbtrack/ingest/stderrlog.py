"""log_destination = stderr: lines with log_line_prefix, in which an entry has several parts.

The server begins each further line of a part with a tab, so no statement can imitate an entry's beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack.ingest.entry import DamagedEntryError, LogEntry, known, sqlstate, transaction, whole_number
from dbtrack.ingest.log_format import Found, LogFormat
from dbtrack.ingest.log_time import LogClock
from dbtrack.ingest.prefix import compile_prefix
from dbtrack.ingest.sieve import candidates
from dbtrack.tracking.server_words import PARTS

_MOST_PARTS = 12
# In English, German, French, Spanish, Italian, Portuguese, Swedish, Russian and Ukrainian, Georgian; then in
# Japanese, Korean and Chinese.
_POSITION = re.compile(
    r" (?:at character|bei Zeichen|au caractère|en carácter|al carattere|no caractere|vid tecken"
    r"|\(?символ|სიმბოლოსთან) (?P<behind>\d+)\)?\Z"
    r"|(?: 第 |\(| )(?P<before>\d+)(?:文字目\)| 번째 문자 부근| 个字符处)\Z"
)
_PORT = re.compile(r"\(\d+\)\Z")


@dataclass(frozen=True)
class _Line:
    """One part of an entry: its first line, and those that continue it."""

    start: int
    end: int
    match: re.Match[str] | None

    @property
    def label(self) -> str:
        # French puts a space before the colon.
        return self.match["severity"].strip() if self.match else ""

    @property
    def part(self) -> str:
        """What it tells of its entry, as English calls it; empty for a line that begins one."""
        return PARTS.get(self.label, "")

    @property
    def is_part(self) -> bool:
        return bool(self.part)

    @property
    def text(self) -> str:
        return self.match["text"].rstrip("\r\n").replace("\n\t", "\n") if self.match else ""

    def continues(self, other: _Line) -> bool:
        """Whether it can be a part of the entry that the other belongs to."""
        return self.is_part and _session(self.match) == _session(other.match)


@dataclass
class _Collected:
    """An entry's parts by their labels."""

    first: _Line
    parts: dict[str, str] = field(default_factory=dict)


class StderrLogReader:
    """Reads what the server writes to stderr.

    Args:
        prefix: the server's log_line_prefix.
        clock: reads its moments.

    Raises:
        UsageError: the prefix holds no time.
    """

    format = LogFormat.STDERR

    def __init__(self, prefix: str, clock: LogClock) -> None:
        self._pattern = compile_prefix(prefix)
        self._clock = clock

    def cut(self, data: bytes, *, settled: bool) -> int:
        """Up to where the last entry begins; it may not have all its parts yet."""
        line_end = data.rfind(b"\n") + 1
        if settled or not line_end:
            return line_end
        line = self._line(data, line_end - 1)
        for _ in range(_MOST_PARTS):
            if not line.is_part or line.start == 0:
                break
            line = self._line(data, line.start - 1)
        return line.start

    def entries(self, block: bytes) -> Iterator[Found]:
        """As `LogReader.entries`."""
        end = 0
        for position in candidates(block):
            if position < end:
                continue
            line = self._line(block, position)
            first = self._first(block, line)
            if first is None:
                end = line.end
                yield DamagedEntryError("no entry begins here")
                continue
            collected, end = self._collect(block, first)
            yield self._read(collected)

    def _first(self, block: bytes, line: _Line) -> _Line | None:
        """Return the first line of the entry that a line is part of; None for what is no entry's."""
        for _ in range(_MOST_PARTS):
            if not line.is_part:
                return line if line.match else None
            if line.start == 0:
                return None
            earlier = self._line(block, line.start - 1)
            if not line.continues(earlier):
                return None
            line = earlier
        return None

    def _collect(self, block: bytes, first: _Line) -> tuple[_Collected, int]:
        collected = _Collected(first)
        end = first.end
        while end < len(block):
            line = self._line(block, end)
            if not line.continues(first):
                break
            collected.parts.setdefault(line.part, line.text)
            end = line.end
        return collected, end

    def _line(self, block: bytes, position: int) -> _Line:
        """Return the line that holds the position, with those that continue it."""
        start = block.rfind(b"\n", 0, position) + 1
        while block[start : start + 1] == b"\t" and start > 0:
            start = block.rfind(b"\n", 0, start - 1) + 1
        end = block.find(b"\n", position) + 1 or len(block)
        while block[end : end + 1] == b"\t":
            end = block.find(b"\n", end) + 1 or len(block)
        text = block[start:end].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        return _Line(start, end, self._pattern.match(text))

    def _read(self, collected: _Collected) -> Found:
        try:
            return self._entry(_fields(collected.first.match), collected)
        except DamagedEntryError as damage:
            return damage

    def _entry(self, fields: Mapping[str, str | None], collected: _Collected) -> LogEntry:
        message, position = _split_position(collected.first.text)
        parts = collected.parts
        if "QUERY" in parts:
            position = None  # it counts within the inner query
        return LogEntry(
            time=self._time(fields),
            severity=collected.first.label,
            message=message,
            pid=whole_number(fields.get("pid")),
            user=known(fields.get("user")),
            database=known(fields.get("database")),
            application=known(fields.get("application")),
            client=known(fields.get("client") or _PORT.sub("", fields.get("client_port") or "")),
            sqlstate=sqlstate(fields.get("sqlstate") or fields.get("verbose_state")),
            detail=parts.get("DETAIL"),
            hint=parts.get("HINT"),
            position=position,
            statement=parts.get("STATEMENT"),
            internal_query=parts.get("QUERY"),
            context=parts.get("CONTEXT"),
            session_id=fields.get("session_id"),
            line_number=whole_number(fields.get("line_number")),
            transaction_id=transaction(fields.get("transaction_id")),
        )

    def _time(self, fields: Mapping[str, str | None]) -> datetime:
        if epoch := fields.get("epoch"):
            return self._clock.epoch(epoch)
        return self._clock.moment(fields.get("milliseconds") or fields.get("seconds") or "")


def _split_position(message: str) -> tuple[str, int | None]:
    match = _POSITION.search(message)
    return (message[: match.start()], int(match["behind"] or match["before"])) if match else (message, None)


def _session(match: re.Match[str] | None) -> tuple[str | None, str | None]:
    fields = _fields(match)
    return fields.get("pid"), fields.get("session_id")


def _fields(match: re.Match[str] | None) -> Mapping[str, str | None]:
    return match.groupdict() if match else {}
