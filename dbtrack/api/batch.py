"""Record many operations in few calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from dbtrack.api.ended_operation import Ended, UnrecordedBatch
from dbtrack.api.operation import cause_metadata, operation_secrets, outcome_of
from dbtrack.api.recorder import Recorder
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.operations.new_operation import NewOperation
from dbtrack.status import Status

_MICROSECOND = timedelta(microseconds=1)


class Batch:
    """Collects operations that have ended and records them, `size` at a time, in one call each.

    They are recorded when there are `size` of them, on `flush`, and when the ``with`` block ends, in whatever
    way. Any thread may add to a batch.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        size: int,
        script_type: str,
        tenant: str | None,
        metadata: Mapping[str, object],
    ) -> None:
        """Use `Tracker.batch`."""
        if size < 1:
            raise UsageError(f"a batch must contain 1 operation or more, not {size}")
        self._recorder = recorder
        self._size = size
        self._script_type = script_type
        self._tenant = tenant
        self._metadata = dict(metadata)
        self._waiting: list[str] = []
        self._lock = threading.RLock()

    def operation(
        self,
        name: str,
        *,
        script_type: str | None = None,
        metadata: Mapping[str, object] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> BatchOperation:
        """Return a ``with`` block that is recorded as one operation; an exception in it is raised on.

        Args:
            name: 1 to 255 characters.
            script_type: up to 50 characters; None for the tracker's.
            metadata: added to the tracker's.
            secrets: encrypted here, before they leave this process, as `Tracker.operation` does.

        Raises:
            UsageError: there is no key to encrypt with.
            DbtrackError: the package `cryptography` is missing.
        """
        return BatchOperation(self._new_operation(name, script_type, metadata, secrets), self._add_ended)

    def _new_operation(
        self,
        name: str,
        script_type: str | None,
        metadata: Mapping[str, object] | None,
        secrets: Mapping[str, str] | None,
    ) -> NewOperation:
        operation = NewOperation(
            name,
            script_type or self._script_type,
            self._tenant,
            {**self._metadata, **(metadata or {})},
        )
        return operation.with_secrets(operation_secrets(name, secrets))

    def record(
        self,
        name: str,
        *,
        status: str = Status.COMPLETED,
        script_type: str | None = None,
        started_at: datetime | None = None,
        duration: timedelta | None = None,
        error_message: str | None = None,
        metadata: Mapping[str, object] | None = None,
        affected_objects: Iterable[str] = (),
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """Add one operation that has ended.

        Args:
            name: 1 to 255 characters.
            status: COMPLETED, FAILED, CANCELLED or ABANDONED.
            script_type: up to 50 characters; None for the tracker's.
            started_at: with a time zone, not in the future; None for now minus the duration.
            duration: how long it took, stored to the microsecond; None when unknown.
            error_message: why it failed; only the last 8 KiB are kept.
            metadata: added to the tracker's.
            affected_objects: identities of the objects that it changed: ``public.orders``.
            secrets: encrypted here, before they leave this process.

        Raises:
            UsageError: a value cannot be stored, or there is no key to encrypt with; nothing was added.
            DbtrackError: the batch was full and could not be recorded, and the tracker has
                ``on_error="raise"``; the tracker keeps the batch and tries again.
        """
        ended = Ended(
            operation=self._new_operation(name, script_type, metadata, secrets),
            status=_ended_status(status),
            started_at=_moment(started_at, duration),
            duration_us=_microseconds(duration),
            error_message=error_message,
            affected_objects=affected_objects,
        )
        self._add(ended.as_json(), during=None)

    def _add_ended(self, ended: Ended, error: BaseException | None) -> None:
        try:
            operation = ended.as_json()
        except UsageError as problem:
            self._recorder.report(ended.operation.name, problem, during=error)
            return
        self._add(operation, during=error)

    def flush(self) -> None:
        """Record what the batch has collected.

        Raises:
            DbtrackError: it could not be recorded, and the tracker has ``on_error="raise"``; the tracker
                keeps the batch and tries again.
        """
        self._flush(during=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush(during=error)

    def _add(self, operation: str, *, during: BaseException | None) -> None:
        with self._lock:
            self._waiting.append(operation)
            if len(self._waiting) >= self._size:
                self._flush(during=during)

    def _flush(self, *, during: BaseException | None) -> None:
        with self._lock:
            self._recorder.settle()
            if not self._waiting:
                return
            unrecorded = UnrecordedBatch(tuple(self._waiting), self._tenant)
            self._waiting.clear()
            try:
                self._recorder.connection.run(unrecorded.record)
            except DbtrackError as problem:
                self._recorder.keep(unrecorded)
                self._recorder.report(str(unrecorded), problem, during=during)


class BatchOperation:
    """One operation of a batch: begins with the ``with`` block and ends with it."""

    def __init__(self, operation: NewOperation, add: Callable[[Ended, BaseException | None], None]) -> None:
        """Use `Batch.operation`."""
        self.name = operation.name
        self._operation = operation
        self._add = add
        self._objects: list[str] = []
        self._started_at = datetime.now(UTC)
        self._clock_ns = time.monotonic_ns()

    def add_metadata(self, values: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Add to the metadata: a mapping, keywords, or both."""
        self._operation = self._operation.with_metadata({**(values or {}), **named})

    def add_objects(self, *identities: str) -> None:
        """Name database objects that the operation changed, as PostgreSQL writes them: ``public.orders``."""
        self._objects += identities

    def __enter__(self) -> Self:
        self._started_at = datetime.now(UTC)
        self._clock_ns = time.monotonic_ns()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        status, message = outcome_of(error)
        metadata = {**cause_metadata(error), **self._operation.metadata}
        ended = Ended(
            operation=replace(self._operation, metadata=metadata),
            status=status,
            started_at=self._started_at,
            duration_us=(time.monotonic_ns() - self._clock_ns) // 1000,
            error_message=message,
            affected_objects=tuple(self._objects),
        )
        self._add(ended, error)


def _ended_status(status: str) -> Status:
    try:
        known = Status(status)
    except ValueError:
        known = Status.RUNNING
    if known is Status.RUNNING:
        raise UsageError(
            f"an operation cannot have ended as {status}: COMPLETED, FAILED, CANCELLED or ABANDONED"
        )
    return known


def _moment(started_at: datetime | None, duration: timedelta | None) -> datetime:
    if started_at is None:
        return datetime.now(UTC) - (duration or timedelta())
    if started_at.tzinfo is None:
        raise UsageError(f"started_at has no time zone: {started_at.isoformat()}")
    return started_at


def _microseconds(duration: timedelta | None) -> int | None:
    if duration is None:
        return None
    if duration < timedelta():
        raise UsageError(f"an operation cannot have taken {duration}")
    return duration // _MICROSECOND
