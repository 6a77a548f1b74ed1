"""Start and end operations: the calls below the command line and the Python API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.operations.executions import UnknownExecutionError, current_version
from dbtrack.operations.new_operation import NewOperation
from dbtrack.redaction.storable_text import (
    checked_operation_name,
    checked_operation_type,
    message_text,
    metadata_text,
    storable,
)
from dbtrack.sql_files import query
from dbtrack.status import Status

Link = Literal["session", "transaction"]

_SET_LIMIT = "SELECT pg_catalog.set_config(%(name)s, %(value)s, true)"


class AlreadyClosedError(DbtrackError):
    """The operation is closed already.

    Args:
        status: the status that it was closed with.
    """

    def __init__(self, message: str, *, status: Status) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Outcome:
    """How an operation ended.

    Args:
        error_message: why it did not succeed; None when it did.
        metadata: merged into the metadata of the start.
        duration_us: how long it took, in microseconds.
    """

    status: Status
    error_message: str | None
    metadata: Mapping[str, object]
    duration_us: int


@dataclass(frozen=True)
class Started:
    """An operation that has been started.

    Args:
        key: its hash key, 32 bytes.
        link_before: the operation that the session's DDL was linked to before, 64 hex digits; empty for none.
    """

    key: bytes
    link_before: str


def start_operation(
    database: Database,
    name: str,
    *,
    script_type: str = "MANUAL",
    tenant: str | None = None,
    metadata: Mapping[str, object] | None = None,
    bound_to_connection: bool = False,
    writer: str = "dbtrack_cli",
) -> bytes:
    """Start an operation and return its hash key, 32 bytes.

    Args:
        name: 1 to 255 characters.
        script_type: MANUAL, MIGRATION, MAINTENANCE, BACKUP, REPORTING, AUTHENTICATION or a word of the
            caller's own, up to 50 characters.
        tenant: a tenant's business key, or its hash key in hex; None for the login's own tenant.
        metadata: anything JSON can hold; values that look like secrets are replaced.
        bound_to_connection: the operation ends with this connection: once the connection is gone,
            `dbtrack maintain` makes an operation that is still RUNNING ABANDONED.
        writer: the recording program in `record_source`: `dbtrack_cli`, `tracker_api` or `track_operation`.

    Raises:
        UsageError: the name or the type cannot be stored, or the tenant is unknown.
        DbtrackError: the server cannot be reached, dbtrack is not installed, or the role may not track.
    """
    operation = NewOperation(name, script_type, tenant, metadata or {})
    return record_start(database, operation, bound_to_connection=bound_to_connection, writer=writer).key


def record_start(
    database: Database,
    operation: NewOperation,
    *,
    bound_to_connection: bool = False,
    writer: str = "dbtrack_cli",
    link: Link | None = None,
) -> Started:
    """Record the start of an operation, and link the session's DDL to it where asked.

    Args:
        bound_to_connection: as `start_operation`.
        writer: as `start_operation`.
        link: which DDL is recorded as part of the operation: `session`, all that this session runs from now
            on; `transaction`, what the open transaction runs; None leaves the session alone.

    Raises:
        UsageError: as `start_operation`.
        DbtrackError: as `start_operation`.
    """
    values = start_values(operation)
    given = {**values, "bound_to_connection": bound_to_connection, "writer": writer, "link": link}
    [row] = database.rows(query("operations/start_operation"), given)
    return Started(bytes(row[0]), row[1] or "")


def start_values(operation: NewOperation) -> dict[str, object]:
    """Return what an operation starts with, as it can be stored, by the names of `track_operation`.

    Raises:
        UsageError: the name or the type cannot be stored, or the metadata is nested too deeply.
    """
    return {
        "script_name": checked_operation_name(operation.name),
        "script_type": checked_operation_type(operation.script_type),
        "tenant": operation.tenant,
        "metadata": metadata_text(operation.metadata),
    }


def complete_operation(
    database: Database,
    key: bytes,
    *,
    success: bool = True,
    error_message: str | None = None,
    metadata: Mapping[str, object] | None = None,
    status: str | None = None,
    affected_objects: Iterable[str] | None = None,
    duration_us: int | None = None,
) -> None:
    """Close an operation.

    Args:
        key: what `start_operation` returned, 32 bytes.
        error_message: why it failed; secrets are replaced, and only the last 8 KiB are kept.
        metadata: merged into the metadata of the start.
        status: COMPLETED, FAILED or CANCELLED; None for COMPLETED or FAILED, by `success`.
        affected_objects: identities of the objects that it changed; None keeps those that are recorded.
        duration_us: how long it took, in microseconds, where its end is recorded late; None for until now.

    Raises:
        AlreadyClosedError: it is closed already; the message names the time and the status.
        UnknownExecutionError: there is no such execution, or it is not the caller's.
        DbtrackError: the server cannot be reached, or the role may not track.
    """
    values = complete_values(
        key,
        success=success,
        error_message=error_message,
        metadata=metadata,
        status=status,
        affected_objects=affected_objects,
        duration_us=duration_us,
    )
    if not database.call_value("complete_operation", **values):
        raise _refusal(database, key)


def complete_values(
    key: bytes,
    *,
    success: bool,
    error_message: str | None,
    metadata: Mapping[str, object] | None,
    status: str | None,
    affected_objects: Iterable[str] | None,
    duration_us: int | None,
) -> dict[str, object]:
    """Return how an operation ends, as it can be stored, by the argument names of `complete_operation`.

    Raises:
        UsageError: the metadata is nested too deeply.
    """
    return {
        "execution_hk": key,
        "success": success,
        "error_message": None if error_message is None else message_text(error_message),
        "metadata": metadata_text(metadata),
        "execution_status": status,
        "affected_objects": (
            None if affected_objects is None else [storable(name) for name in affected_objects]
        ),
        "duration_us": duration_us,
    }


def record_operations(
    database: Database, operations: Sequence[str], *, tenant: str | None = None, writer: str
) -> int:
    """Record operations that have ended, all or none of them, in one call; return how many.

    Args:
        operations: one JSON object each, as `script_tracking.record_operations` documents.

    Raises:
        DbtrackError: one of them cannot be recorded, or the server cannot be reached.
    """
    recorded = database.value(
        query("operations/record_operations"),
        {"operations": f"[{','.join(operations)}]", "tenant": tenant, "writer": writer},
    )
    return int(recorded)


def record_spooled(database: Database, spool_id: UUID, operation: str, *, tenant: str | None) -> bool:
    """Record an operation that waited in the spool; return False where the database has the record already.

    Args:
        spool_id: identifies the record, however often it is replayed.
        operation: a JSON object, as `script_tracking.record_operations` documents.

    Raises:
        UsageError: the tenant is unknown, or a part of the operation cannot be stored.
        DbtrackError: the server cannot be reached, or the role may not track.
    """
    values = {"spool_id": spool_id, "operation": operation, "tenant": tenant}
    return bool(database.value(query("operations/record_spooled"), values))


def link_session(database: Database, execution: str, *, transaction_only: bool) -> None:
    """Link the DDL that this session runs from now on to an operation.

    Args:
        execution: the operation's key in hex; empty links it to none.
        transaction_only: link it until the end of the open transaction only.
    """
    database.execute(
        query("operations/link_session"), {"execution": execution, "transaction_only": transaction_only}
    )


@contextmanager
def limited_transaction(database: Database, *, statement: str = "30s", lock: str = "15s") -> Iterator[None]:
    """Open a transaction with timeouts of its own, so that recording never delays what is tracked.

    They are set for the transaction alone: behind a pooler others use the session afterwards.

    Args:
        statement: how long a statement may take, in PostgreSQL's units: `30s`.
        lock: how long it may wait for a lock.
    """
    with database.transaction():
        for name, value in (("statement_timeout", statement), ("lock_timeout", lock)):
            database.execute(_SET_LIMIT, {"name": name, "value": value})
        yield


def _refusal(database: Database, key: bytes) -> DbtrackError:
    version = current_version(database, key)
    return not_closed(
        key, None if version is None else (version.script_name, version.status, version.load_date)
    )


def not_closed(key: bytes, current: tuple[str, str, datetime] | None) -> DbtrackError:
    """Return the error of an operation that could not be closed.

    Args:
        current: name and status of the execution's current version, and when it was written; None if the
            caller sees no such execution.
    """
    if current is None:
        return UnknownExecutionError(f"no execution has the key {key.hex()}, or it is not yours")
    name, status_word, load_date = current
    status = Status(status_word)
    if status is Status.RUNNING:
        return UnknownExecutionError(f"execution {key.hex()} is running, and you may not close it")
    when = load_date.astimezone().isoformat(sep=" ", timespec="seconds")
    return AlreadyClosedError(
        f"execution {key.hex()} ({name}) was already closed: {status} at {when}", status=status
    )
