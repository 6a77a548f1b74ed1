"""Operations that have ended: recorded whole, or kept until they can be recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dbtrack.db import Database
from dbtrack.operations.executions import UnknownExecutionError
from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import AlreadyClosedError, complete_operation, record_operations
from dbtrack.redaction.storable_text import (
    checked_operation_name,
    checked_operation_type,
    message_text,
    metadata_text,
    storable,
)
from dbtrack.status import Status

WRITER = "tracker_api"


@dataclass(frozen=True)
class Ended:
    """An operation that has ended.

    Args:
        operation: with all of its metadata.
        started_at: with a time zone.
        duration_us: microseconds; None when unknown.
        affected_objects: identities of what it changed: ``public.orders``.
    """

    operation: NewOperation
    status: Status
    started_at: datetime
    duration_us: int | None
    error_message: str | None
    affected_objects: Iterable[str]

    def as_json(self) -> str:
        """Return the object that `script_tracking.record_operations` takes.

        Raises:
            UsageError: a part of it cannot be stored.
        """
        fields = {
            "script_name": checked_operation_name(self.operation.name),
            "script_type": checked_operation_type(self.operation.script_type),
            "execution_status": self.status,
            "execution_timestamp": self.started_at.isoformat(),
            "duration_us": self.duration_us,
            "error_message": None if self.error_message is None else message_text(self.error_message),
            "affected_objects": [storable(name) for name in self.affected_objects],
        }
        metadata = metadata_text(self.operation.metadata)
        return f'{json.dumps(fields, ensure_ascii=False)[:-1]}, "metadata": {metadata}}}'


@dataclass(frozen=True)
class UnrecordedEnd:
    """The end of one operation, to be recorded now, or again after a rollback.

    Args:
        key: the operation's hash key; None when not even its start was recorded.
    """

    key: bytes | None
    ended: Ended
    count: ClassVar[int] = 1

    def record(self, database: Database) -> None:
        """Close the operation, or record it whole where its start is not there either.

        Raises:
            DbtrackError: the record was refused, or the server cannot be reached.
        """
        if self.key is None or not self._close(database, self.key):
            tenant = self.ended.operation.tenant
            record_operations(database, [self.ended.as_json()], tenant=tenant, writer=WRITER)

    def _close(self, database: Database, key: bytes) -> bool:
        operation = self.ended.operation
        try:
            complete_operation(
                database,
                key,
                error_message=self.ended.error_message,
                metadata={**operation.metadata, **operation.bound_secrets(key)},
                status=self.ended.status,
                affected_objects=tuple(self.ended.affected_objects) or None,
            )
        except AlreadyClosedError as error:
            # Closed by an earlier try, which was committed or whose connection broke afterwards.
            if error.status is not self.ended.status:
                raise
        except UnknownExecutionError:
            return False
        return True

    def __str__(self) -> str:
        return self.ended.operation.name


@dataclass(frozen=True)
class UnrecordedBatch:
    """Operations of a batch that are still to be recorded.

    Args:
        operations: one JSON object each, as `Ended.as_json` returns it.
    """

    operations: tuple[str, ...]
    tenant: str | None

    @property
    def count(self) -> int:
        """How many operations these are."""
        return len(self.operations)

    def record(self, database: Database) -> None:
        """Record them, all or none.

        Raises:
            DbtrackError: the record was refused, or the server cannot be reached.
        """
        record_operations(database, self.operations, tenant=self.tenant, writer=WRITER)

    def __str__(self) -> str:
        return f"a batch of {self.count}"


Unrecorded = UnrecordedEnd | UnrecordedBatch
