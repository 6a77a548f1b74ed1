"""An operation that is recorded around the caller's code."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from dbtrack.api.connections import UnusableConnectionError
from dbtrack.api.ended_operation import WRITER, Ended, UnrecordedEnd
from dbtrack.api.recorder import Recorder
from dbtrack.config import key_ring
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.operations.error_cause import cause_of_exception
from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import Link, Started, link_session, record_start
from dbtrack.operations.secret_metadata import OperationSecrets
from dbtrack.redaction.storable_text import checked_name
from dbtrack.status import Status


def outcome_of(error: BaseException | None) -> tuple[Status, str | None]:
    """Return the status and error message of an operation that this exception ended.

    KeyboardInterrupt, SystemExit and a cancelled task make it CANCELLED, any other exception FAILED. The
    message is ``type: message``.

    Args:
        error: None when no exception ended it: then it is COMPLETED, without a message.
    """
    if error is None:
        return Status.COMPLETED, None
    message = "".join(traceback.format_exception_only(error)).strip()
    return (Status.FAILED if isinstance(error, Exception) else Status.CANCELLED), message


def operation_secrets(name: str, secrets: Mapping[str, str] | None) -> OperationSecrets | None:
    """Return the secrets of an operation, with the keys that encrypt them; None without secrets.

    Raises:
        UsageError: the name of a secret or of the operation is malformed, or a key cannot be read.
    """
    return OperationSecrets(secrets, key_ring(os.environ), checked_name(name)) if secrets else None


def cause_metadata(error: BaseException | None) -> dict[str, str]:
    """Return the metadata on why an operation failed: the server's `sqlstate`, `cause` and `hint`."""
    return {} if error is None else cause_of_exception(error)


class Operation:
    """An operation that begins with the ``with`` block and ends with it; use it once, from one thread.

    An exception that leaves the block is recorded (``type: message``, without secrets) and raised on. The
    operation is then FAILED, or CANCELLED for KeyboardInterrupt, SystemExit and cancelled tasks.
    """

    def __init__(self, recorder: Recorder, operation: NewOperation, *, bound_to_connection: bool) -> None:
        """Use `Tracker.operation`."""
        self.name = operation.name
        self._recorder = recorder
        self._operation = operation
        self._bound_to_connection = bound_to_connection
        self._added_metadata: dict[str, object] = {}
        self._objects: list[str] = []
        self._failure: str | None = None
        self._started: Started | None = None
        self._link: Link | None = None
        self._started_at = datetime.now(UTC)
        self._clock_ns = time.monotonic_ns()

    @property
    def key(self) -> bytes | None:
        """The hash key, 32 bytes; None before the block, and when the start could not be recorded."""
        return self._started.key if self._started else None

    def add_metadata(self, values: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Add a mapping, keywords, or both to the metadata, which is recorded with the end.

        Values that JSON cannot hold are stored as text, those that look like secrets as ``***``.
        """
        self._added_metadata |= {**(values or {}), **named}

    def add_objects(self, *identities: str) -> None:
        """Name database objects that the operation changed, as PostgreSQL writes them: ``public.orders``."""
        self._objects += identities

    def fail(self, reason: str) -> None:
        """Make the operation end as FAILED although no exception leaves the block."""
        self._failure = reason

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end(error)

    def start(self) -> None:
        """Record the start, as the beginning of the ``with`` block does.

        Raises:
            DbtrackError: it could not be recorded, and the tracker was made with ``on_error="raise"``.
        """
        self._recorder.settle()
        self._started_at = datetime.now(UTC)
        self._clock_ns = time.monotonic_ns()
        self._link = self._recorder.connection.link()
        try:
            self._started = self._recorder.connection.run(self._record_start)
        except DbtrackError as problem:
            self._recorder.report(f"the start of {self.name}", problem)

    def end(self, error: BaseException | None = None) -> None:
        """Record the end, as the end of the ``with`` block does.

        Args:
            error: the exception that ended the operation; None without one.

        Raises:
            DbtrackError: it could not be recorded, the tracker was made with ``on_error="raise"``, and no
                exception is under way.
        """
        unrecorded = UnrecordedEnd(self.key, self._ended(error))
        try:
            is_certain = self._record_end(unrecorded)
        except DbtrackError as problem:
            self._recorder.keep(unrecorded)
            if error is None or not isinstance(problem, UnusableConnectionError):
                self._recorder.report(f"the end of {self.name}", problem, during=error)
            return
        if not is_certain:
            self._recorder.keep(unrecorded)
            self._recorder.settle()

    def _record_end(self, unrecorded: UnrecordedEnd) -> bool:
        """Record the end if the start was recorded; tell whether no rollback can undo the record."""
        if self._started is None:
            return False
        connection = self._recorder.connection
        # A caller whose work failed is about to roll back, and the record of the failure with it.
        stays = unrecorded.ended.status is Status.COMPLETED or not connection.is_in_transaction()
        connection.run(unrecorded.record)
        if self._link is not None:
            before, transaction_only = self._started.link_before, self._link == "transaction"
            connection.run(lambda database: link_session(database, before, transaction_only=transaction_only))
        return stays

    def _record_start(self, database: Database) -> Started:
        return record_start(
            database,
            self._operation,
            bound_to_connection=self._bound_to_connection and not database.is_pooled,
            writer=WRITER,
            link=self._link,
        )

    def _ended(self, error: BaseException | None) -> Ended:
        status, message = outcome_of(error)
        if error is None and self._failure is not None:
            status, message = Status.FAILED, self._failure
        metadata = {**cause_metadata(error), **self._operation.metadata, **self._added_metadata}
        return Ended(
            operation=replace(self._operation, metadata=metadata),
            status=status,
            started_at=self._started_at,
            duration_us=(time.monotonic_ns() - self._clock_ns) // 1000,
            error_message=message,
            affected_objects=tuple(self._objects),
        )
