"""Ingesting: every log from where it was left, once or for as long as it is followed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.ingest.csvlog import CsvLogReader
from dbtrack.ingest.jsonlog import JsonLogReader
from dbtrack.ingest.log_format import LogFormat, LogReader, detect
from dbtrack.ingest.log_time import LogClock
from dbtrack.ingest.places import Log, Place
from dbtrack.ingest.recording import LogIdentity, position_of, record, tail_before, zone_offset
from dbtrack.ingest.scan import Batch, Scanner
from dbtrack.ingest.source import DamagedLogError, LogStream, first_line, identity
from dbtrack.ingest.stderrlog import StderrLogReader
from dbtrack.sqlfiles import query

_POLL_SECONDS = 1.0
_SETTLE_SECONDS = 0.2
# Following must not write for each bit it reads: the server may log what it writes, which would never end.
_BYTES_WORTH_RECORDING = 1 << 20


@dataclass(frozen=True)
class IngestOptions:
    """How logs are to be read.

    Args:
        prefix: the log_line_prefix of logs written to stderr; None for the connected server's.
        format: None: told by each log's first line.
        since: leave out what was logged before.
        follow: go on for ever.
    """

    prefix: str | None = None
    format: LogFormat | None = None
    since: datetime | None = None
    follow: bool = False


@dataclass
class IngestReport:
    """What was done.

    Args:
        logs: how many held anything new.
        bytes_read: of uncompressed log.
        entries: how many entries were looked at closely.
        damaged: how many of these could not be read.
    """

    logs: int = 0
    bytes_read: int = 0
    executions: int = 0
    failed: int = 0
    entries: int = 0
    damaged: int = 0

    @property
    def summary(self) -> str:
        """One line for people."""
        text = (
            f"recorded {self.executions} executions, {self.failed} of them failed, "
            f"from {self.bytes_read:,} bytes of {self.logs} log{'' if self.logs == 1 else 's'}"
        )
        return f"{text}; {self.damaged} damaged entries" if self.damaged else text


@dataclass
class _Known:
    """How far a log was read in this run, and how far that is recorded."""

    recorded: int
    read: int
    tail: bytes


Progress = Callable[[str, int], None]
"""Told the name of a log and how many more bytes of it were read."""


class Ingest:
    """Reads logs and records what is of interest.

    Args:
        progress: told how it goes on.
        warn: told each warning, one line.

    Raises:
        NotInstalledError: the database has no dbtrack.
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
        self._warn = warn
        self._clock = LogClock(lambda name: zone_offset(database, name))
        known = database.row(query("log_settings")) or ("", 0, "secrets")
        prefix, self._server_version, self._redaction_mode = known
        self._prefix = prefix if options.prefix is None else options.prefix
        self._known: dict[bytes, _Known] = {}
        self._states: dict[str, object] = {}
        self.report = IngestReport()

    def run(self, places: Sequence[Place]) -> None:
        """Read what is there; when following, until interrupted.

        Raises:
            LockedError: another dbtrack reads the same log at this moment.
            UsageError: the prefix holds no time.
            DbtrackError: the server refused.
        """
        try:
            self.read(places)
            while self._options.follow:
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

    def _read_log(self, log: Log) -> None:
        with ExitStack() as stack:
            try:
                stream = stack.enter_context(log.opened)
            except UsageError as error:
                self._warn(error.message)
                return
            try:
                self._read_stream(log, stream)
            except DamagedLogError as error:
                self._warn(error.message)

    def _read_stream(self, log: Log, stream: LogStream) -> None:
        line = first_line(stream)
        if line is None:
            return
        source = LogIdentity(identity(line), log.name, self._options.format or detect(line))
        reader = self._reader(source.format)
        known = self._known.get(source.source_hash) or self._recall(source, stream)
        if known is not None:
            self._known[source.source_hash] = known
            stream.go_to(known.read)
            self._read_on(
                log,
                source,
                stream,
                Scanner(
                    reader,
                    self._server_version,
                    self._options.since,
                    _settling(may_grow=log.may_grow),
                    self._redaction_mode,
                ),
            )

    def _reader(self, log_format: LogFormat) -> LogReader:
        match log_format:
            case LogFormat.JSON:
                return JsonLogReader(self._clock)
            case LogFormat.CSV:
                return CsvLogReader(self._clock)
            case LogFormat.STDERR:
                return StderrLogReader(self._prefix, self._clock)
        assert_never(log_format)

    def _recall(self, source: LogIdentity, stream: LogStream) -> _Known | None:
        position = position_of(self._database, source.source_hash)
        tail = tail_before(stream, position)
        if tail is None:
            self._warn(f"{source.name} is left alone: it is not, or no longer, the log that was read before")
            return None
        return _Known(position.offset, position.offset, tail)

    def _read_on(self, log: Log, source: LogIdentity, stream: LogStream, scanner: Scanner) -> None:
        known = self._known[source.source_hash]
        start, entries, damaged = known.read, self.report.entries, self.report.damaged
        told = _Told(stream, lambda count: self._progress(log.name, count))
        for batch in scanner.batches(told, known.read, known.tail):
            self._take(source, batch, known)
        if not self._options.follow and known.recorded < known.read:
            self._record(source, Batch(known.recorded, known.read, known.tail), known)
        self.report.logs += known.read > start
        if self.report.damaged > damaged and self.report.damaged - damaged == self.report.entries - entries:
            self._warn(self._unreadable(source))

    def _take(self, source: LogIdentity, batch: Batch, known: _Known) -> None:
        self.report.bytes_read += batch.to_offset - known.read
        self.report.entries += batch.entries
        self.report.damaged += batch.damaged
        known.read, known.tail = batch.to_offset, batch.tail
        if batch.executions or batch.to_offset - known.recorded >= _BYTES_WORTH_RECORDING:
            batch.from_offset = known.recorded
            self._record(source, batch, known)

    def _record(self, source: LogIdentity, batch: Batch, known: _Known) -> None:
        recorded = record(self._database, source, batch)
        known.recorded = batch.to_offset
        self.report.executions += recorded
        self.report.failed += sum(execution.status == "FAILED" for execution in batch.executions)

    def _unreadable(self, source: LogIdentity) -> str:
        if self._clock.unknown_zones:
            zones = ", ".join(sorted(self._clock.unknown_zones))
            return f"nothing in {source.name} could be read: the server knows no time zone {zones}"
        if source.format is LogFormat.STDERR:
            return (
                f"nothing in {source.name} could be read: its lines do not begin as log_line_prefix "
                f"'{self._prefix}' says; give theirs with --prefix"
            )
        return f"nothing in {source.name} could be read as {source.format}"


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
