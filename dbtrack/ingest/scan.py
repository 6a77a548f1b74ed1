"""From the bytes of a log to what is to be recorded of it, in batches, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack.ingest.entry import LogEntry
from dbtrack.ingest.log_format import LogReader
from dbtrack.ingest.selection import LoggedExecution, executions
from dbtrack.ingest.source import BLOCK_BYTES, LogStream

TAIL_BYTES = 256
_MOST_EXECUTIONS = 500
_MOST_BYTES = 64 << 20
_LONGEST_ENTRY = 32 << 20


@dataclass
class Batch:
    """What was read of a log from one offset to another.

    Args:
        from_offset: in bytes of the uncompressed log.
        tail: the last bytes before `to_offset`.
        entries: how many were looked at closely.
        damaged: how many of them could not be read.
    """

    from_offset: int
    to_offset: int
    tail: bytes
    executions: list[LoggedExecution] = field(default_factory=list)
    entries: int = 0
    damaged: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is to be recorded before more is read."""
        return len(self.executions) >= _MOST_EXECUTIONS or self.to_offset - self.from_offset >= _MOST_BYTES


@dataclass(frozen=True)
class Scanner:
    """Reads a log.

    Args:
        server_version: of the server that wrote it.
        since: what was logged before is left out.
        settle: waits a moment for a last entry that may not be all written; False where nothing can follow.
        redaction_mode: the database's setting `redaction.mode`.
    """

    reader: LogReader
    server_version: int
    since: datetime | None
    settle: Callable[[], bool]
    redaction_mode: str = "secrets"

    def batches(self, stream: LogStream, offset: int, tail: bytes) -> Iterator[Batch]:
        """Read the stream to its present end; the last batch may hold no execution.

        Args:
            stream: stands at the offset.
            tail: the bytes before it.
        """
        batch = Batch(offset, offset, tail)
        for block, is_overlong in self._blocks(stream):
            batch.to_offset += len(block)
            batch.tail = (batch.tail + block[-TAIL_BYTES:])[-TAIL_BYTES:]
            batch.damaged += is_overlong
            if not is_overlong:
                self._scan(block, batch)
            if batch.is_full:
                yield batch
                batch = Batch(batch.to_offset, batch.to_offset, batch.tail)
        if batch.to_offset > batch.from_offset:
            yield batch

    def _blocks(self, stream: LogStream) -> Iterator[tuple[bytes, bool]]:
        """Return whole entries, many at once, and of an entry that is too long its bytes, marked so."""
        carried = b""
        while chunk := stream.read(BLOCK_BYTES) or self._late_chunk(stream, carried):
            data = carried + chunk
            end = self.reader.cut(data, settled=False)
            is_overlong = not end and len(data) > _LONGEST_ENTRY
            end = end or (len(data) if is_overlong else 0)
            if end:
                yield data[:end], is_overlong
            carried = data[end:]
        end = self.reader.cut(carried, settled=True)
        if end:
            yield carried[:end], False

    def _late_chunk(self, stream: LogStream, carried: bytes) -> bytes:
        """Return what is written while waiting, if the last entry might go on."""
        is_open = self.reader.cut(carried, settled=True) > 0
        return stream.read(BLOCK_BYTES) if is_open and self.settle() else b""

    def _scan(self, block: bytes, batch: Batch) -> None:
        for found in self.reader.entries(block):
            batch.entries += 1
            if not isinstance(found, LogEntry):
                batch.damaged += 1
            elif self.since is None or found.time >= self.since:
                for execution in executions(found, self.server_version, self.redaction_mode):
                    _add(batch.executions, execution)


def _add(known: list[LoggedExecution], execution: LoggedExecution) -> None:
    """Add an execution; the failure of one whose start was logged is that one's end."""
    if execution.status != "FAILED" or execution.session_statement is None:
        known.append(execution)
        return
    started = [
        earlier
        for earlier in known
        if earlier.session_statement == execution.session_statement and earlier.status == "COMPLETED"
    ]
    if not started:
        known.append(execution)
        return
    for earlier in started:
        if earlier.time == started[-1].time:
            _fail(earlier, execution)


def _fail(started: LoggedExecution, failure: LoggedExecution) -> None:
    started.status = "FAILED"
    started.error_message = failure.error_message
    started.duration_us = round((failure.time - started.time).total_seconds() * 1_000_000)
    started.metadata = {**failure.metadata, "command_tag": started.tag}
    started.session_statement = None
