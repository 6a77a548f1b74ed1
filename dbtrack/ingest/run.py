"""Ingesting: every log from where it was left, once or for as long as it is followed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import assert_never

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.ingest.batches import TAIL_BYTES, Batch, Scanner
from dbtrack.ingest.envelopes import Reading, Unwrapped, description, unwrap
from dbtrack.ingest.formats.csvlog import CsvLogReader
from dbtrack.ingest.formats.jsonlog import JsonLogReader
from dbtrack.ingest.formats.log_format import LogFormat, LogReader, detect, tells_its_form
from dbtrack.ingest.formats.log_time import LogClock, UnknownZoneError
from dbtrack.ingest.formats.stderrlog import StderrLogReader
from dbtrack.ingest.log_executions import Scope
from dbtrack.ingest.log_files import Log, Place, StandardInput
from dbtrack.ingest.log_stream import (
    DamagedLogError,
    LogStream,
    can_begin_again,
    first_bytes,
    identity,
    next_identity,
)
from dbtrack.ingest.options import IngestOptions, IngestReport
from dbtrack.ingest.store import (
    LogIdentity,
    known_names,
    log_settings,
    position_after,
    position_of,
    recent_before,
    record,
)

_POLL_SECONDS = 1.0
_SETTLE_SECONDS = 0.2
# Of logs that begin with the same entry: each found by the end of what was read of it.
_MOST_ALIKE = 100
# Following must not write for each bit it reads: the server may log what it writes, which would never end.
_BYTES_WORTH_RECORDING = 1 << 20


@dataclass
class _Known:
    """How far a log was read in this run, and how far that is recorded.

    Args:
        is_recognized: whether an entry could be read of what is new in it.
        is_incomplete: whether something was left out that another run can record, so that the position stays.
    """

    recorded: int
    recorded_tail: bytes
    read: int
    tail: bytes
    is_recognized: bool = False
    is_incomplete: bool = False
    occurrences: dict[bytes, int] = field(default_factory=dict)

    @property
    def stays(self) -> bool:
        """Whether the recorded position is to stay where it is."""
        return self.is_incomplete or not self.is_recognized


Progress = Callable[[str, int], None]
"""Told the name of a log and how many more bytes of it were read."""


class Ingest:
    """Reads logs and records what is of interest.

    Args:
        progress: told how it goes on.
        warn: told each warning, one line.

    Raises:
        NotInstalledError: the database has no dbtrack.
        UsageError: there is no such time zone.
    """

    def __init__(
        self,
        database: Database,
        options: IngestOptions,
        *,
        progress: Progress = lambda _name, _bytes: None,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._database = database
        self._options = options
        self._progress = progress
        self._tell = warn
        self._settings = log_settings(database)
        self._clock = LogClock(
            options.timezone or self._settings.timezone, is_given=options.timezone is not None
        )
        self._scope = Scope(
            self._settings.server_version,
            self._settings.redaction_mode,
            None if options.all_databases else self._settings.database,
        )
        self._known: dict[bytes, _Known] = {}
        self._states: dict[str, object] = {}
        self._warned: set[str] = set()
        self.report = IngestReport()

    def run(self, places: Sequence[Place]) -> None:
        """Read what is there; when following, until interrupted, or until standard input alone has ended.

        Raises:
            LockedError: another dbtrack reads the same log at this moment.
            UsageError: the prefix holds no time.
            DbtrackError: the server refused.
        """
        try:
            self.read(places)
            while self._options.follow and not all(isinstance(place, StandardInput) for place in places):
                time.sleep(_POLL_SECONDS)
                self.read(places)
        finally:
            for place in places:
                place.close()

    def read(self, places: Iterable[Place]) -> None:
        """Read all logs to their present ends."""
        for place in places:
            for log in place.logs():
                if self._states.get(log.name) != log.state:
                    self._read_log(log)
                    self._states[log.name] = log.state

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self._tell(text)

    def _read_log(self, log: Log) -> None:
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(log.opened)
            except UsageError as error:
                self._warn(error.message)
                return
            reading = Reading(self._prefix, self._options.prefix is not None, self._clock, log.name)
            try:
                self._read_stream(
                    log, unwrap(opened, reading, has_lines_only=self._options.format is not None)
                )
            except DamagedLogError as error:
                self.report.unreadable += 1
                self._warn(error.message)

    def _read_stream(self, log: Log, unwrapped: Unwrapped) -> None:
        stream = unwrapped.stream
        sample = first_bytes(stream, tells_its_form)
        if b"\n" not in sample:
            if description(sample):
                self._report_unreadable(log, unwrapped, sample, "")
            return
        log_format = self._options.format or detect(sample)
        prefix = self._prefix if unwrapped.prefix is None else unwrapped.prefix
        reader = self._reader(log_format, prefix)
        unknown_zone = ""
        try:
            start = reader.first_entry(sample)
        except UnknownZoneError as error:
            start, unknown_zone = None, str(error)
        line = sample[start or 0 : sample.find(b"\n", start or 0) + 1]
        if can_begin_again(stream):
            source = LogIdentity(self._identity(line), log.name, log_format)
            source, known, recent = self._recall(source, stream)
        else:
            # Where it was left cannot be looked at without losing what is before, so all of it is read.
            source = LogIdentity(self._identity(line + b"a pipe"), log.name, log_format)
            known, recent = _Known(0, b"", 0, b"", is_incomplete=True), b""
            stream.go_to(0)
        self._known[source.source_hash] = known
        scanner = Scanner(
            reader, self._scope, self._options.since, _settling(may_grow=log.may_grow), known.occurrences
        )
        if not known.occurrences:
            scanner.recall(recent)
        self._read_on(log, source, stream, scanner, unknown_zone)
        if not known.is_recognized and known.read > known.recorded:
            self._report_unreadable(log, unwrapped, sample, unknown_zone or _reason(log_format, prefix))

    def _identity(self, line: bytes) -> bytes:
        # What is left out for one is recorded for the other, so each has a position of its own.
        return identity(line + b"all databases" if self._options.all_databases else line)

    def _reader(self, log_format: LogFormat, prefix: str) -> LogReader:
        match log_format:
            case LogFormat.JSON:
                return JsonLogReader(self._clock)
            case LogFormat.CSV:
                return CsvLogReader(self._clock)
            case LogFormat.STDERR:
                return StderrLogReader(prefix, self._clock, known_names(self._database))
        assert_never(log_format)

    @property
    def _prefix(self) -> str:
        return self._settings.prefix if self._options.prefix is None else self._options.prefix

    def _recall(self, source: LogIdentity, stream: LogStream) -> tuple[LogIdentity, _Known, bytes]:
        """Return how far a log was read, and the last bytes before; several logs can begin with one entry."""
        for _ in range(_MOST_ALIKE):
            known = self._known.get(source.source_hash)
            position = (
                position_after(known.read, known.tail)
                if known
                else position_of(self._database, source.source_hash)
            )
            recent = recent_before(stream, position)
            if recent is not None:
                tail = recent[-TAIL_BYTES:]
                return source, known or _Known(position.offset, tail, position.offset, tail), recent
            source = replace(source, source_hash=next_identity(source.source_hash))
        raise DamagedLogError(f"{source.name} is not read: {_MOST_ALIKE} other logs have the same beginning")

    def _read_on(
        self, log: Log, source: LogIdentity, stream: LogStream, scanner: Scanner, unknown_zone: str
    ) -> None:
        known = self._known[source.source_hash]
        start, reason = known.read, unknown_zone
        told = _Told(stream, lambda count: self._progress(log.name, count))
        for batch in scanner.batches(told, known.read, known.tail):
            self._take(source, batch, known)
            reason = reason or batch.reason or ""
        if not self._options.follow and known.recorded < known.read and not known.stays:
            self._record(source, Batch(known.recorded, known.read, known.tail), known)
        self.report.logs += known.read > start
        if reason and known.is_recognized:
            self._warn(f"{source.name}: {reason}")

    def _take(self, source: LogIdentity, batch: Batch, known: _Known) -> None:
        self.report.bytes_read += batch.to_offset - known.read
        self.report.entries += batch.entries
        self.report.damaged += batch.damaged
        self.report.ambiguous += batch.ambiguous
        known.read, known.tail = batch.to_offset, batch.tail
        known.is_recognized |= batch.is_recognized or batch.entries > batch.damaged
        known.is_incomplete |= batch.is_incomplete
        is_worth = batch.to_offset - known.recorded >= _BYTES_WORTH_RECORDING and not known.stays
        if batch.executions or is_worth:
            batch.from_offset = known.recorded
            self._record(source, batch, known)

    def _record(self, source: LogIdentity, batch: Batch, known: _Known) -> None:
        if known.stays:
            batch = replace(batch, to_offset=known.recorded, tail=known.recorded_tail)
        recorded = record(self._database, source, batch)
        known.recorded, known.recorded_tail = batch.to_offset, batch.tail
        self.report.executions += recorded.executions
        self.report.failed += recorded.failed
        self.report.explained += recorded.explained

    def _report_unreadable(self, log: Log, unwrapped: Unwrapped, sample: bytes, reason: str) -> None:
        kind = description(sample)
        # A directory can hold other files; what may be a log in an unknown form is always a finding.
        self.report.unreadable += log.is_named or kind is None
        inside = "".join(f", in {name}" for name in reversed(unwrapped.wrapping))
        why = f"it is {kind}" if kind else reason
        self._warn(f"nothing in {log.name} can be read: {why}{inside}")


def _reason(log_format: LogFormat, prefix: str) -> str:
    if log_format is LogFormat.STDERR:
        return f"its lines do not match log_line_prefix '{prefix}'; give the right one with --prefix"
    return f"it is not {log_format}log, contrary to its beginning or --log-format"


@dataclass
class _Told:
    """A stream that tells how much of it is read."""

    stream: LogStream
    tell: Callable[[int], None]

    def read(self, size: int, /) -> bytes:
        chunk = self.stream.read(size)
        self.tell(len(chunk))
        return chunk

    def go_to(self, offset: int) -> None:
        self.stream.go_to(offset)


def _settling(*, may_grow: bool) -> Callable[[], bool]:
    def settle() -> bool:
        if may_grow:
            time.sleep(_SETTLE_SECONDS)
        return may_grow

    return settle
