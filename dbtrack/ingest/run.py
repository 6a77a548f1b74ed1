"""Ingest logs, each from the position reached before, once or continuously."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from dbtrack.db import Database
from dbtrack.errors import NoConnectionError, UsageError
from dbtrack.ingest.batches import TAIL_BYTES, Batch, LogScanner
from dbtrack.ingest.envelopes import LogContext, Unwrapped, describe_other_file, unwrap
from dbtrack.ingest.formats.csvlog import CsvLogReader
from dbtrack.ingest.formats.jsonlog import JsonLogReader
from dbtrack.ingest.formats.log_format import LogFormat, LogReader, detect, reveals_format
from dbtrack.ingest.formats.log_time import LogClock, UnknownZoneError
from dbtrack.ingest.formats.stderrlog import StderrLogReader
from dbtrack.ingest.log_executions import Scope
from dbtrack.ingest.log_files import Log, LogSource, StandardInput
from dbtrack.ingest.log_stream import (
    DamagedLogError,
    LogStream,
    is_rewindable,
    next_source_hash,
    read_sample,
    source_hash_of,
)
from dbtrack.ingest.options import IngestOptions, IngestReport
from dbtrack.ingest.providers.provided import ProvidedStream
from dbtrack.ingest.store import (
    LogIdentity,
    Position,
    known_names,
    log_settings,
    position_after,
    read_before,
    record_batch,
    recorded_position,
)

_POLL_SECONDS = 1.0
_SETTLE_SECONDS = 0.2
# How many logs can begin with the same entry; the bytes before their positions distinguish them.
_MOST_SAME_START = 100
# While following, each small read must not be recorded: the server may log the write, without end.
_BYTES_WORTH_RECORDING = 1 << 20


@dataclass
class _ReadState:
    """How far a log was read in this run, and up to where that is recorded.

    Args:
        is_recognized: whether any new entry could be read.
        is_incomplete: whether an entry was skipped that another run can record.
        place: what is recorded of where to continue at a provider.
        place_before: as in `ProvidedStream`.
    """

    recorded: int
    recorded_tail: bytes
    read: int
    tail: bytes
    is_recognized: bool = False
    is_incomplete: bool = False
    place: Mapping[str, Any] | None = None
    place_before: Callable[[int], Mapping[str, Any] | None] = lambda _offset: None
    occurrences: dict[bytes, int] = field(default_factory=dict)

    @property
    def keeps_position(self) -> bool:
        """Whether the recorded position must not advance."""
        return self.is_incomplete or not self.is_recognized


Progress = Callable[[str, int, int | None], None]
"""Called with the name of a log, how many bytes of it were read now, and how many there are, if known."""


Reconnect = Callable[[NoConnectionError], Database]
"""Waits for the server and returns a new connection. Its argument is the error that ended the last one."""


class Ingest:
    """Reads logs and records the DDL in them.

    Args:
        progress: called after each read.
        warn: called with each warning, once, as one line.

    Raises:
        NotInstalledError: dbtrack is not installed in the database.
        UsageError: there is no such time zone.
    """

    def __init__(
        self,
        database: Database,
        options: IngestOptions,
        *,
        progress: Progress = lambda _name, _done, _size: None,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._options = options
        self._progress = progress
        self._emit_warning = warn
        self._warned: set[str] = set()
        self.report = IngestReport()
        # By the identity of a log: what is read again after a lost connection is not counted again.
        self._counted_to: dict[bytes, int] = {}
        self._use(database)

    def _use(self, database: Database) -> None:
        """Use this connection from here on, and continue from what its database has recorded."""
        self._database = database
        self._settings = log_settings(database)
        self._clock = LogClock(
            self._options.timezone or self._settings.timezone, is_given=self._options.timezone is not None
        )
        self._scope = Scope(
            self._settings.server_version,
            self._settings.redaction_mode,
            None if self._options.all_databases else self._settings.database,
        )
        # A crash or a failover may have lost the latest records, so nothing is remembered from before.
        self._read_states: dict[bytes, _ReadState] = {}
        self._log_states: dict[str, object] = {}

    def run(self, sources: Sequence[LogSource], *, reconnect: Reconnect | None = None) -> None:
        """Read all logs; if following, until interrupted or until standard input, as only source, ends.

        Args:
            reconnect: is called if the connection is lost while following, and returns another one. Without
                it, or with standard input, which can be read only once, a lost connection ends the run.

        Raises:
            NoConnectionError: the connection was lost, or a new one was refused.
            LockedError: another dbtrack is reading the same log.
            UsageError: the log_line_prefix contains no time.
            DbtrackError: the server rejected a statement.
        """
        if not self._options.follow or any(isinstance(source, StandardInput) for source in sources):
            reconnect = None
        try:
            self._read_through(sources, reconnect)
            while self._options.follow and not all(isinstance(source, StandardInput) for source in sources):
                time.sleep(_POLL_SECONDS)
                self._read_through(sources, reconnect)
        finally:
            for source in sources:
                source.close()

    def _read_through(self, sources: Sequence[LogSource], reconnect: Reconnect | None) -> None:
        lost: NoConnectionError | None = None
        while True:
            try:
                if lost is not None and reconnect is not None:
                    self._use(reconnect(lost))
                    for source in sources:
                        source.use(self._database)
                self.read(sources)
            except NoConnectionError as error:
                if reconnect is None or error.is_refusal:
                    raise
                lost = error
            else:
                return

    def read(self, sources: Iterable[LogSource]) -> None:
        """Read all logs to their present ends."""
        for source in sources:
            for log in source.logs():
                if self._log_states.get(log.name) != log.state:
                    self._read_log(log)
                    self._log_states[log.name] = log.state

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self._emit_warning(text)

    def _read_log(self, log: Log) -> None:
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(log.opened)
            except UsageError as error:
                self._warn(error.message)
                return
            context = LogContext(self._prefix, self._options.prefix is not None, self._clock, log.name)
            try:
                if log.provided is not None:
                    self._read_provided(log, log.provided, opened)
                    return
                self._read_stream(
                    log, unwrap(opened, context, is_format_given=self._options.format is not None)
                )
            except DamagedLogError as error:
                self.report.unreadable += 1
                self._warn(error.message)

    def _read_stream(self, log: Log, unwrapped: Unwrapped) -> None:
        stream = unwrapped.stream
        sample = read_sample(stream, reveals_format)
        if b"\n" not in sample:
            if describe_other_file(sample):
                self._report_unreadable(log, unwrapped, sample, "")
            return
        log_format = self._options.format or detect(sample)
        prefix = self._prefix if unwrapped.prefix is None else unwrapped.prefix
        reader = self._reader(log_format, prefix)
        first_line, unknown_zone = _first_line(reader, sample)
        identity, state, recent = self._locate(log.name, log_format, first_line, stream)
        self._read_states[identity.source_hash] = state
        scanner = LogScanner(
            reader, self._scope, self._options.since, _settle_for(may_grow=log.may_grow), state.occurrences
        )
        if not state.occurrences:
            scanner.remember_recent(recent)
        # Of a compressed log the size is known when it has been read.
        size = log.size if log.size and not unwrapped.envelopes else None
        self._read_batches(log, identity, stream, scanner, unknown_zone, size)
        if not state.is_recognized and state.read > state.recorded:
            self._report_unreadable(log, unwrapped, sample, unknown_zone or _reason(log_format, prefix))

    def _read_provided(self, log: Log, usual_prefix: str, stream: ProvidedStream) -> None:
        """Read a log that a provider hands out: its name says which log it is."""
        source_hash = self._source_hash(log.name.encode())
        position = recorded_position(self._database, source_hash)
        if position.place and stream.is_unchanged(position.place):
            return
        state, recent = _begin(stream, position)
        sample = read_sample(stream, reveals_format)
        if b"\n" not in sample:
            return
        prefix = usual_prefix if self._options.prefix is None else self._options.prefix
        identity = LogIdentity(source_hash, log.name, self._options.format or detect(sample))
        self._read_states[source_hash] = state
        reader = self._reader(identity.format, prefix)
        since = None if stream.begins_at_since else self._options.since
        scanner = LogScanner(reader, self._scope, since, lambda: False, takes_last=lambda: stream.is_complete)
        scanner.remember_recent(recent)
        unknown_zone = _first_line(reader, sample)[1]
        self._read_batches(log, identity, _ReadOn(sample, stream), scanner, unknown_zone, None)
        if not state.is_recognized and state.read > state.recorded:
            reason = unknown_zone or _reason(identity.format, prefix)
            self._report_unreadable(log, Unwrapped(stream), sample, reason)

    def _locate(
        self, name: str, log_format: LogFormat, first_line: bytes, stream: LogStream
    ) -> tuple[LogIdentity, _ReadState, bytes]:
        """Return which log this is, how far it was read, and the last bytes before that."""
        if is_rewindable(stream):
            return self._resume(LogIdentity(self._source_hash(first_line), name, log_format), stream)
        # Looking for the position would lose what stands before it, so a pipe is read from its beginning.
        stream.seek(0)
        identity = LogIdentity(self._source_hash(first_line + b"a pipe"), name, log_format)
        self._counted_to.pop(identity.source_hash, None)
        return identity, _ReadState(0, b"", 0, b"", is_incomplete=True), b""

    def _source_hash(self, line: bytes) -> bytes:
        # With and without --all-databases other entries are recorded, so each has its own position.
        return source_hash_of(line + b"all databases" if self._options.all_databases else line)

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

    def _resume(self, identity: LogIdentity, stream: LogStream) -> tuple[LogIdentity, _ReadState, bytes]:
        """Return the log, how far it was read, and the last bytes before; two logs can begin alike."""
        for _ in range(_MOST_SAME_START):
            state = self._read_states.get(identity.source_hash)
            position = (
                position_after(state.read, state.tail)
                if state
                else recorded_position(self._database, identity.source_hash)
            )
            recent = read_before(stream, position)
            if recent is not None:
                tail = recent[-TAIL_BYTES:]
                return identity, state or _ReadState(position.offset, tail, position.offset, tail), recent
            identity = replace(identity, source_hash=next_source_hash(identity.source_hash))
        raise DamagedLogError(
            f"{identity.name} is not read: {_MOST_SAME_START} other logs have the same beginning"
        )

    def _read_batches(
        self,
        log: Log,
        identity: LogIdentity,
        stream: LogStream,
        scanner: LogScanner,
        unknown_zone: str,
        size: int | None,
    ) -> None:
        state = self._read_states[identity.source_hash]
        start, reason = state.read, unknown_zone
        counted_to = self._counted_to.get(identity.source_hash, 0)
        left = None if size is None else max(size - start, 0)
        counting = _CountingStream(stream, lambda done: self._progress(log.name, done, left))
        for batch in scanner.batches(counting, state.read, state.tail, ends_at=counted_to):
            if batch.to_offset > counted_to:
                self._count(identity, batch)
            self._add_batch(identity, batch, state)
            reason = reason or batch.reason or ""
        if not self._options.follow and state.recorded < state.read and not state.keeps_position:
            self._record(identity, Batch(state.recorded, state.read, state.tail), state)
        self.report.logs += state.read > start and not counted_to
        if reason and state.is_recognized:
            self._warn(f"{identity.name}: {reason}")

    def _count(self, identity: LogIdentity, batch: Batch) -> None:
        self.report.bytes_read += batch.to_offset - batch.from_offset
        self.report.entries += batch.entries
        self.report.damaged += batch.damaged
        self.report.ambiguous += batch.ambiguous
        self._counted_to[identity.source_hash] = batch.to_offset

    def _add_batch(self, identity: LogIdentity, batch: Batch, state: _ReadState) -> None:
        state.read, state.tail = batch.to_offset, batch.tail
        state.is_recognized |= batch.is_recognized or batch.entries > batch.damaged
        state.is_incomplete |= batch.is_incomplete
        is_worth_recording = (
            batch.to_offset - state.recorded >= _BYTES_WORTH_RECORDING and not state.keeps_position
        )
        if batch.executions or batch.waits or is_worth_recording:
            batch.from_offset = state.recorded
            self._record(identity, batch, state)

    def _record(self, identity: LogIdentity, batch: Batch, state: _ReadState) -> None:
        if state.keeps_position:
            batch = replace(batch, to_offset=state.recorded, tail=state.recorded_tail)
        else:
            state.place = state.place_before(batch.to_offset) or state.place
        recorded = record_batch(self._database, identity, batch, state.place)
        state.recorded, state.recorded_tail = batch.to_offset, batch.tail
        self.report.executions += recorded.executions
        self.report.failed += recorded.failed
        self.report.explained += recorded.explained
        self.report.waits += recorded.waits

    def _report_unreadable(self, log: Log, unwrapped: Unwrapped, sample: bytes, reason: str) -> None:
        kind = describe_other_file(sample)
        # A directory can hold other files. What may be a log in an unknown format is always a finding.
        self.report.unreadable += log.is_named or kind is None
        inside = "".join(f", in {name}" for name in reversed(unwrapped.envelopes))
        why = f"it is {kind}" if kind else reason
        self._warn(f"nothing in {log.name} can be read: {why}{inside}")


def _begin(stream: ProvidedStream, position: Position) -> tuple[_ReadState, bytes]:
    """Move the stream to the recorded position; return how far it was read, and the last bytes before.

    If what stands before the position has changed, all of it that the stream has is read again: entries that
    were recorded are known by their identities.
    """
    start = stream.begin(position.place)
    recent = read_before(stream, position, start)
    read = position.offset
    if recent is None:
        read, recent = stream.begin_again(), b""
    tail = recent[-TAIL_BYTES:]
    state = _ReadState(
        position.offset, tail, read, tail, place=position.place, place_before=stream.place_before
    )
    return state, recent


def _first_line(reader: LogReader, sample: bytes) -> tuple[bytes, str]:
    """Return the line of the first readable entry, else the first line, and what its time zone lacks."""
    try:
        start, unknown_zone = reader.first_entry(sample) or 0, ""
    except UnknownZoneError as error:
        start, unknown_zone = 0, str(error)
    return sample[start : sample.find(b"\n", start) + 1], unknown_zone


def _reason(log_format: LogFormat, prefix: str) -> str:
    if log_format is LogFormat.STDERR:
        return f"its lines do not match log_line_prefix '{prefix}'; give the right one with --prefix"
    return f"it is not {log_format}log, contrary to its beginning or --log-format"


@dataclass
class _ReadOn:
    """A stream whose first bytes were read already."""

    sample: bytes
    stream: LogStream

    def read(self, size: int, /) -> bytes:
        piece, self.sample = self.sample[:size], self.sample[size:]
        return piece or self.stream.read(size)

    def seek(self, offset: int, /) -> None:
        self.sample = b""
        self.stream.seek(offset)


@dataclass
class _CountingStream:
    """A stream that reports how many bytes of it have been read."""

    stream: LogStream
    report: Callable[[int], None]
    done: int = 0

    def read(self, size: int, /) -> bytes:
        chunk = self.stream.read(size)
        self.done += len(chunk)
        self.report(self.done)
        return chunk

    def seek(self, offset: int, /) -> None:
        self.stream.seek(offset)


def _settle_for(*, may_grow: bool) -> Callable[[], bool]:
    def settle() -> bool:
        if may_grow:
            time.sleep(_SETTLE_SECONDS)
        return may_grow

    return settle
