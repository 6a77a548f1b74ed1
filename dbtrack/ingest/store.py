"""Store batches and the position up to which each log was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack.db import Database
from dbtrack.ingest.batches import TAIL_BYTES, Batch
from dbtrack.ingest.formats.log_format import LogFormat
from dbtrack.ingest.formats.stderrlog import KnownNames
from dbtrack.ingest.lock_waits import LoggedWait
from dbtrack.ingest.log_executions import LoggedExecution
from dbtrack.ingest.log_stream import LogStream
from dbtrack.redaction.storable_text import storable
from dbtrack.sql_files import query

RECENT_BYTES = 64 << 10


@dataclass(frozen=True)
class LogIdentity:
    """A log, independent of its present name.

    Args:
        source_hash: SHA-256 of its first entry, 32 bytes.
        name: as shown to users.
    """

    source_hash: bytes
    name: str
    format: LogFormat


@dataclass(frozen=True)
class Position:
    """How far a log has been read and recorded.

    Args:
        offset: in bytes of the uncompressed log.
        tail_hash: SHA-256 of the last 256 bytes before it.
        place: for a log that a provider hands out, where to continue there.
    """

    offset: int
    tail_hash: bytes
    place: Mapping[str, Any] | None = None


def recorded_position(database: Database, source_hash: bytes) -> Position:
    """Return the position up to which the log has been recorded; its beginning if never."""
    row = database.row(query("ingest/log_position"), {"source_hash": source_hash})
    if row is None:
        return Position(0, hashlib.sha256(b"").digest())
    return Position(row[0], bytes(row[1]), row[2])


def position_after(offset: int, tail: bytes) -> Position:
    """Return the position at an offset, of which `tail` are the last bytes before."""
    return Position(offset, hashlib.sha256(tail[-TAIL_BYTES:]).digest())


def read_before(stream: LogStream, position: Position, begins_at: int = 0) -> bytes | None:
    """Move the stream to a position and return up to 64 KiB before it; None if this is another log.

    Args:
        begins_at: the first offset that the stream has.
    """
    start = max(begins_at, position.offset - RECENT_BYTES)
    stream.seek(start)
    recent = b""
    while (missing := position.offset - start - len(recent)) and (chunk := stream.read(missing)):
        recent += chunk
    return recent if hashlib.sha256(recent[-TAIL_BYTES:]).digest() == position.tail_hash else None


@dataclass(frozen=True)
class RecordCounts:
    """Counts of a recorded batch.

    Args:
        executions: how many were recorded.
        failed: how many of these failed.
        explained: how many failures were added to a record that the triggers had written.
        waits: how many entries about waits for locks were new.
    """

    executions: int
    failed: int
    explained: int
    waits: int = 0


def record_batch(
    database: Database, log: LogIdentity, batch: Batch, place: Mapping[str, Any] | None = None
) -> RecordCounts:
    """Record the new executions of a batch and advance the log's position, both in one transaction.

    Args:
        place: for a log that a provider hands out, where to continue there.

    Raises:
        LockedError: another dbtrack has advanced this log's position.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    position = {
        "source_hash": log.source_hash.hex(),
        "source_name": storable(log.name),
        "log_format": log.format,
        "from_offset": batch.from_offset,
        "to_offset": batch.to_offset,
        "tail_hash": hashlib.sha256(batch.tail).hexdigest(),
        "provider_place": place,
    }
    with database.transaction():
        [counts] = database.call(
            "ingest_log_records",
            records=json.dumps([_row(execution) for execution in batch.executions], ensure_ascii=False),
            log_position=json.dumps(position, ensure_ascii=False),
        )
        waits = _record_waits(database, batch.waits)
    executions, failed, explained = counts
    return RecordCounts(executions, failed, explained, waits)


def _record_waits(database: Database, waits: Sequence[LoggedWait]) -> int:
    if not waits:
        return 0
    rows = json.dumps([_wait_row(wait) for wait in waits], ensure_ascii=False)
    return int(database.call_value("ingest_lock_waits", waits=rows))


@dataclass(frozen=True)
class LogSettings:
    """The server's settings for reading its log, and the database's for storing entries.

    Args:
        server_version: 180006 is 18.6.
        redaction_mode: the database's setting `redaction.mode`.
    """

    prefix: str
    timezone: str
    server_version: int
    database: str
    redaction_mode: str


def log_settings(database: Database) -> LogSettings:
    """Return the settings of the connected server and database."""
    return LogSettings(*(database.row(query("ingest/log_settings")) or ("", "UTC", 0, "", "secrets")))


def known_names(database: Database) -> KnownNames:
    """Return the logins and databases of the connected server."""
    return KnownNames(*(frozenset(names) for names in database.row(query("ingest/log_names")) or ()))


def _wait_row(wait: LoggedWait) -> dict[str, Any]:
    return {
        "entry_hash": wait.entry_hash,
        "logged_at": wait.logged_at.isoformat(),
        "wait_state": wait.state,
        "waited_ms": wait.waited_ms,
        "backend_pid": wait.pid,
        "db_session_user": wait.user,
        "application_name": wait.application,
        "lock_mode": wait.mode,
        "lock_target": wait.target,
        "holder_pids": wait.holders,
        "statement": wait.statement,
    }


def _row(execution: LoggedExecution) -> dict[str, Any]:
    return {
        "script_name": execution.tag,
        "script_type": execution.script_type,
        "execution_status": execution.status,
        "execution_timestamp": execution.time.isoformat(),
        "duration_us": execution.duration_us,
        "db_session_user": execution.user,
        "client_ip": execution.client_ip,
        "affected_objects": execution.objects,
        "sql_command": execution.statement,
        "error_message": execution.error_message,
        "metadata": execution.metadata,
        "session_statement": execution.session_statement,
        "is_concurrent": execution.is_concurrent,
        "entry_hash": execution.entry_hash,
        "failure_hash": execution.failure_hash,
    }
