"""A command that is about to be run, and the spool's entries of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from dbtrack.config import ConnectionTarget
from dbtrack.db import describe_place
from dbtrack.errors import DbtrackError
from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import Outcome
from dbtrack.spool import Entry
from dbtrack.wrapper.record_connection import ServerPosition


@dataclass(frozen=True)
class TrackedCommand:
    """A command that is about to be run, and the operation as which it is recorded.

    Args:
        target: the database that records it.
        operation: without a tenant it belongs to the target's tenant, else to the login's own.
        spool: the directory that keeps its record while the database cannot.
        parent: the hash key, in hex, of the operation that it runs inside of; None outside of any.
        started_at: by this machine's clock.
    """

    target: ConnectionTarget
    operation: NewOperation
    spool: Path
    parent: str | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def name(self) -> str:
        """The name of the operation."""
        return self.operation.name

    def spooled_start(self, reason: str) -> Entry:
        """Return the spool's entry of a command whose start no database has recorded.

        Args:
            reason: why the database did not record it, without secrets.
        """
        return self._entry(self.operation.with_metadata({"spooled_because": reason}), self.started_at)

    def spooled_end(self, execution: bytes, position: ServerPosition | None, outcome: Outcome) -> Entry:
        """Return the spool's entry of a command whose start is recorded and that has ended.

        Args:
            execution: the operation's hash key, 32 bytes.
            position: where the server was when it recorded the start; None when unknown.
        """
        entry = self._entry(
            self.operation,
            position.server_time if position else self.started_at,
            execution=execution,
            started_on=position.as_metadata() if position else None,
        )
        return entry.ended(outcome)

    def _entry(
        self,
        operation: NewOperation,
        started_at: datetime,
        *,
        execution: bytes | None = None,
        started_on: Mapping[str, object] | None = None,
    ) -> Entry:
        return Entry.begin(
            _target_words(self.target),
            replace(operation, tenant=operation.tenant or self.target.tenant),
            execution=execution,
            parent=self.parent,
            started_at=started_at,
            started_on=started_on,
        )


def _target_words(target: ConnectionTarget) -> dict[str, str]:
    """Return the libpq keywords of the database that a record is for; for wrong settings, their source."""
    try:
        return describe_place(target)
    except DbtrackError:
        return {"unusable": target.source}
