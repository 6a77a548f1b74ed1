"""Turn the bytes of a log into executions to record, in batches and in constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from dbtrack.ingest.formats.entry import AmbiguousEntryError, DamagedEntryError, LogEntry
from dbtrack.ingest.formats.log_format import LogReader
from dbtrack.ingest.formats.log_time import UnknownZoneError
from dbtrack.ingest.lock_waits import LoggedWait, wait_in
from dbtrack.ingest.log_executions import LoggedExecution, Scope, executions_in
from dbtrack.ingest.log_stream import BLOCK_BYTES, LogStream

TAIL_BYTES = 256
_MOST_EXECUTIONS = 500
_MOST_BYTES = 64 << 20
_LONGEST_ENTRY = 32 << 20
_SAMPLE_BYTES = 64 << 10
_MOST_OCCURRENCES = 10_000


@dataclass
class Batch:
    """The part of a log between two offsets, and what was found in it.

    Args:
        from_offset: in bytes of the uncompressed log.
        tail: the last `TAIL_BYTES` bytes before `to_offset`.
        entries: how many entries were parsed.
        damaged: how many of these could not be read.
        ambiguous: how many of these can be read in two ways.
        is_incomplete: whether an entry was skipped that another run can still record, because it is older
            than `--since` or its time zone is unknown.
        is_recognized: whether any entry can be read, whether it is to be recorded or not.
        reason: why the first entry could not be read.
    """

    from_offset: int
    to_offset: int
    tail: bytes
    executions: list[LoggedExecution] = field(default_factory=list)
    waits: list[LoggedWait] = field(default_factory=list)
    entries: int = 0
    damaged: int = 0
    ambiguous: int = 0
    is_incomplete: bool = False
    is_recognized: bool = False
    reason: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether the batch has to be recorded before more is read."""
        return (
            len(self.executions) + len(self.waits) >= _MOST_EXECUTIONS
            or self.to_offset - self.from_offset >= _MOST_BYTES
        )


@dataclass(frozen=True)
class LogScanner:
    """Scans a log for executions to record.

    Args:
        since: skip entries that were logged before.
        settle: wait a moment for the rest of the last entry; return False if nothing can follow.
        occurrences: how often each of the latest entries without a line number occurred, by the hash of its
            text.
        takes_last: return whether the last entry is complete at the present end.
    """

    reader: LogReader
    scope: Scope
    since: datetime | None
    settle: Callable[[], bool]
    occurrences: dict[bytes, int] = field(default_factory=dict)
    takes_last: Callable[[], bool] = lambda: True

    def remember_recent(self, recent: bytes) -> None:
        """Count the entries at the end of what was read before, as the same text can occur again."""
        for found in self.reader.entries(recent):
            if isinstance(found, LogEntry):
                self._with_identity(found)

    def batches(self, stream: LogStream, offset: int, tail: bytes, *, ends_at: int = 0) -> Iterator[Batch]:
        """Read the stream to its present end and return batches; the last one may hold no execution.

        Args:
            stream: positioned at the offset.
            tail: the bytes before it.
            ends_at: the end of an entry where a batch has to end if the stream is read beyond it.
        """
        batch = Batch(offset, offset, tail)
        for block, is_overlong in _cut(self._blocks(stream), ends_at - offset):
            batch.to_offset += len(block)
            batch.tail = (batch.tail + block[-TAIL_BYTES:])[-TAIL_BYTES:]
            batch.damaged += is_overlong
            if not is_overlong:
                self._recognize(block, batch)
                self._scan(block, batch)
            if batch.is_full or batch.to_offset == ends_at:
                yield batch
                recognized = batch.is_recognized
                batch = Batch(batch.to_offset, batch.to_offset, batch.tail, is_recognized=recognized)
        if batch.to_offset > batch.from_offset:
            yield batch

    def _blocks(self, stream: LogStream) -> Iterator[tuple[bytes, bool]]:
        """Return blocks of whole entries, and for each whether it is a part of an entry that is too long."""
        carried = b""
        while chunk := stream.read(BLOCK_BYTES) or self._late_chunk(stream, carried):
            data = carried + chunk
            end = self.reader.complete_length(data, settled=False)
            is_overlong = not end and len(data) > _LONGEST_ENTRY
            end = end or (len(data) if is_overlong else 0)
            if end:
                yield data[:end], is_overlong
            carried = data[end:]
        end = self.reader.complete_length(carried, settled=self.takes_last())
        if end:
            yield carried[:end], False

    def _late_chunk(self, stream: LogStream, carried: bytes) -> bytes:
        """Return what is written while waiting, if the last entry may be incomplete."""
        is_open = self.reader.complete_length(carried, settled=True) > 0
        return stream.read(BLOCK_BYTES) if is_open and self.settle() else b""

    def _scan(self, block: bytes, batch: Batch) -> None:
        for found in self.reader.entries(block):
            batch.entries += 1
            if isinstance(found, LogEntry):
                self._collect(self._with_identity(found), batch)
            else:
                _count_damage(found, batch)

    def _recognize(self, block: bytes, batch: Batch) -> None:
        if batch.is_recognized:
            return
        try:
            batch.is_recognized = self.reader.first_entry(block[:_SAMPLE_BYTES]) is not None
        except UnknownZoneError as unknown:
            batch.is_incomplete, batch.reason = True, batch.reason or str(unknown)

    def _collect(self, entry: LogEntry, batch: Batch) -> None:
        if self.since is not None and entry.time < self.since:
            batch.is_incomplete = True
            return
        try:
            for execution in executions_in(entry, self.scope):
                _add_execution(batch.executions, execution)
            if wait := wait_in(entry, self.scope):
                batch.waits.append(wait)
        except DamagedEntryError as damage:
            _count_damage(damage, batch)
        except RecursionError:
            _count_damage(DamagedEntryError("a statement is nested too deeply"), batch)

    def _with_identity(self, entry: LogEntry) -> LogEntry:
        """Return the entry with an identity that no other entry has, even with the same text and time."""
        if entry.is_numbered:
            return entry
        text = hashlib.sha256(entry.identity).digest()
        number = self.occurrences.pop(text, 0)
        self.occurrences[text] = number + 1
        if len(self.occurrences) > _MOST_OCCURRENCES:
            del self.occurrences[next(iter(self.occurrences))]
        return replace(entry, identity=b"%b %d" % (text, number))


def _cut(blocks: Iterator[tuple[bytes, bool]], length: int) -> Iterator[tuple[bytes, bool]]:
    """Cut in two the block that reaches beyond this length of all blocks."""
    for block, is_overlong in blocks:
        if 0 < length < len(block):
            yield block[:length], is_overlong
            yield block[length:], is_overlong
        else:
            yield block, is_overlong
        length -= len(block)


def _count_damage(damage: DamagedEntryError, batch: Batch) -> None:
    if isinstance(damage, AmbiguousEntryError):
        batch.ambiguous += 1
    else:
        batch.damaged += 1
    batch.is_incomplete |= isinstance(damage, UnknownZoneError)
    batch.reason = batch.reason or str(damage)


def _add_execution(executions: list[LoggedExecution], execution: LoggedExecution) -> None:
    """Add an execution; a failure whose start was logged completes that execution instead."""
    if execution.status != "FAILED" or execution.session_statement is None:
        executions.append(execution)
        return
    started = [
        earlier
        for earlier in executions
        if earlier.session_statement == execution.session_statement and earlier.status == "COMPLETED"
    ]
    if not started:
        executions.append(execution)
        return
    for earlier in started:
        if earlier.time == started[-1].time:
            _mark_failed(earlier, execution)


def _mark_failed(started: LoggedExecution, failure: LoggedExecution) -> None:
    started.status = "FAILED"
    started.error_message = failure.error_message
    started.duration_us = round((failure.time - started.time).total_seconds() * 1_000_000)
    started.metadata = {**failure.metadata, "command_tag": started.tag}
    started.failure_hash = failure.entry_hash
