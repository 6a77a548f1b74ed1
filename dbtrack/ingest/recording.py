"""Recording a batch together with how far the log was read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dbtrack.db import Database
from dbtrack.ingest.log_format import LogFormat
from dbtrack.ingest.scan import TAIL_BYTES, Batch
from dbtrack.ingest.selection import LoggedExecution
from dbtrack.ingest.source import LogStream
from dbtrack.redaction.storable_text import storable
from dbtrack.sqlfiles import query


@dataclass(frozen=True)
class LogIdentity:
    """A log, whatever it is called now.

    Args:
        source_hash: SHA-256 of its first line.
        name: for people.
    """

    source_hash: bytes
    name: str
    format: LogFormat


@dataclass(frozen=True)
class Position:
    """How far a log has been read and recorded.

    Args:
        offset: in bytes of the uncompressed log.
        tail_hash: SHA-256 of the last bytes before it.
    """

    offset: int
    tail_hash: bytes


def position_of(database: Database, source_hash: bytes) -> Position:
    """Return how far the log has been recorded; at its beginning, if never."""
    row = database.row(query("log_position"), {"source_hash": source_hash})
    if row is None:
        return Position(0, hashlib.sha256(b"").digest())
    return Position(row[0], bytes(row[1]))


def tail_before(stream: LogStream, position: Position) -> bytes | None:
    """Go to where the log was recorded to, and return the bytes before; None if it is another log."""
    start = max(0, position.offset - TAIL_BYTES)
    stream.go_to(start)
    tail = b""
    while (missing := position.offset - start - len(tail)) and (chunk := stream.read(missing)):
        tail += chunk
    return tail if hashlib.sha256(tail).digest() == position.tail_hash else None


def record(database: Database, log: LogIdentity, batch: Batch) -> int:
    """Record a batch and move the log's position on, both or neither; return how many were recorded.

    Raises:
        LockedError: another dbtrack has read on in this log.
        PermissionDeniedError: the role is no administrator of dbtrack.
    """
    position = {
        "source_hash": log.source_hash.hex(),
        "source_name": storable(log.name),
        "log_format": log.format,
        "from_offset": batch.from_offset,
        "to_offset": batch.to_offset,
        "tail_hash": hashlib.sha256(batch.tail).hexdigest(),
    }
    parameters = {
        "records": json.dumps([_row(execution) for execution in batch.executions], ensure_ascii=False),
        "log_position": json.dumps(position, ensure_ascii=False),
    }
    return int(database.value(query("ingest_log_records"), parameters))


def moment(database: Database, text: str) -> datetime:
    """Return the moment that a person's words mean: 7d, yesterday, 2026-01-01.

    Raises:
        UsageError: they mean none, or one in the future.
    """
    value: datetime = database.value(query("parse_moment"), {"moment": text})
    return value


def zone_offset(database: Database, abbreviation: str) -> timedelta | None:
    """Return how far ahead of UTC the server takes an abbreviation such as CET to be."""
    seconds = database.value(query("zone_offset"), {"abbreviation": abbreviation})
    return None if seconds is None else timedelta(seconds=float(seconds))


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
    }
