"""The connection on which a wrapped command is recorded, opened again at the end where it was lost."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NoConnectionError, ReadOnlyServerError, UsageError
from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import (
    AlreadyClosedError,
    Outcome,
    complete_operation,
    limited_transaction,
    record_start,
)
from dbtrack.sql_files import query
from dbtrack.status import Status
from dbtrack.wrapper.time_limit import time_limit

# A connection that waits for hours must neither be forgotten by a firewall nor hang on a dead link.
_TIMEOUTS = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_START_SECONDS = 30.0
_SWITCHOVER_SECONDS = 2.0
_RETRY_SECONDS = 0.25
_ALLOW_IDLE = """
SELECT pg_catalog.set_config('idle_session_timeout', '0', false)
WHERE pg_catalog.current_setting('idle_session_timeout') <> '0'
"""


@dataclass(frozen=True)
class ServerPosition:
    """How far the server's WAL was once the start of an operation was committed, and the server's clock."""

    timeline: int
    lsn: str
    server_time: datetime

    def as_metadata(self) -> dict[str, object]:
        """Return it as a spooled record keeps it."""
        return {"timeline": self.timeline, "lsn": self.lsn}


class UnusableTargetError(UsageError):
    """The settings of the connection are wrong: no server was asked."""


class RecordConnection:
    """A connection on which the start of a command has been recorded, and that records its end.

    Attributes:
        key: the operation's hash key, 32 bytes.
        position: where the server's WAL was at the start; None where the server does not tell.
    """

    def __init__(
        self, database: Database, target: ConnectionTarget, key: bytes, position: ServerPosition | None
    ) -> None:
        """Use `start`."""
        self.key = key
        self.position = position
        self._database = database
        self._target = target

    @classmethod
    def start(cls, target: ConnectionTarget, operation: NewOperation) -> Self:
        """Connect, and commit the start of the operation.

        Args:
            operation: without a tenant it is recorded for the target's.

        Raises:
            UnusableTargetError: the connection settings are wrong.
            DbtrackError: the start could not be recorded.
        """
        deadline = time.monotonic() + _SWITCHOVER_SECONDS
        while True:
            try:
                return cls._started(target, operation, deadline)
            except ReadOnlyServerError:
                # A proxy still leads to a server that has just handed over: nothing was written there.
                if time.monotonic() > deadline:
                    raise
            time.sleep(_RETRY_SECONDS)

    @classmethod
    def _started(cls, target: ConnectionTarget, operation: NewOperation, deadline: float) -> Self:
        database = _open_with_retries(target, deadline)
        try:
            # Not while it connects: that has a limit of its own, and a person may be asked for a password.
            with time_limit(_START_SECONDS):
                _allow_idle(database)
                with limited_transaction(database):
                    # A pooler may end the server's session long before the command ends.
                    started = record_start(
                        database,
                        operation.with_default_tenant(target.tenant),
                        bound_to_connection=not database.is_pooled,
                    )
                position = _position(database)
        except BaseException:
            database.close()
            raise
        return cls(database, database.without_asking_again(target), started.key, position)

    @property
    def database(self) -> Database:
        """The connection that is open now."""
        return self._database

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""
        return self._database.is_pooled

    def finish(self, outcome: Outcome) -> None:
        """Record the end, over a new connection where the first one was lost.

        Raises:
            DbtrackError: it could not be recorded.
        """
        try:
            self._complete(outcome)
        except NoConnectionError:
            self._database.close()
            self._database = _connect(self._target)
            self._complete_again(outcome)

    def link_by_name(self) -> int:
        """Link the DDL that shows the command's application name and nothing else.

        Returns:
            How many DDL statements could as well belong to another command of that name.

        Raises:
            DbtrackError: the installation is older than this, or the server did not answer.
        """
        with limited_transaction(self._database, statement="5s", lock="1s"):
            [(_, unclear)] = self._database.call("link_by_application_name", p_execution_hk=self.key)
        return int(unclear)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _complete_again(self, outcome: Outcome) -> None:
        try:
            self._complete(outcome)
        except AlreadyClosedError as error:
            # The first try may have been committed before the connection broke.
            if error.status != outcome.status:
                raise

    def _complete(self, outcome: Outcome) -> None:
        with limited_transaction(self._database):
            complete_operation(
                self._database,
                self.key,
                success=outcome.status is Status.COMPLETED,
                error_message=outcome.error_message,
                metadata=outcome.metadata,
                status=outcome.status,
            )


def _open_with_retries(target: ConnectionTarget, deadline: float) -> Database:
    """Connect; try again until the deadline where a switchover may be under way."""
    while True:
        try:
            return _open(target)
        except UsageError as error:
            raise UnusableTargetError(error.message, hint=error.hint) from error
        except NoConnectionError as error:
            if not error.may_pass or time.monotonic() > deadline:
                raise
        time.sleep(_RETRY_SECONDS)


def _position(database: Database) -> ServerPosition | None:
    try:
        [row] = database.rows(query("operations/server_position"))
    except DbtrackError:
        return None  # some providers let nobody ask for the WAL position
    return ServerPosition(*row)


def _open(target: ConnectionTarget) -> Database:
    given = replace(target, defaults={**_TIMEOUTS, **target.defaults})
    return Database.connect(given, needs_leader=True)


def _allow_idle(database: Database) -> None:
    if not database.is_pooled:
        database.execute(_ALLOW_IDLE)


def _connect(target: ConnectionTarget) -> Database:
    database = _open(target)
    _allow_idle(database)
    return database
