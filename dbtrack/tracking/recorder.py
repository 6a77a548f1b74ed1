"""The record of one wrapped command: a connection of its own, and the end recorded even if that was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, ExitCode, NoConnectionError
from dbtrack.tracking.service import AlreadyClosedError, Status, complete_operation, start_operation

# A connection that waits for hours must neither be forgotten by a firewall nor hang on a dead link.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# Set for our transactions only: behind a pooler the session is one that others use after us.
_LIMITS = {"statement_timeout": "30s", "lock_timeout": "15s"}
_SET_LIMIT = "SELECT pg_catalog.set_config(%(name)s, %(value)s, true)"
_ALLOW_IDLE = """
SELECT pg_catalog.set_config('idle_session_timeout', '0', false)
WHERE pg_catalog.current_setting('idle_session_timeout') <> '0'
"""


class WrapperFailedError(DbtrackError):
    """dbtrack failed before the wrapped command began; the command was not run."""

    exit_code = ExitCode.WRAPPER_FAILED


def not_run(error: DbtrackError) -> WrapperFailedError:
    """The error to raise when something kept the start of a command from being recorded."""
    return WrapperFailedError(
        f"the command was not run, because its start could not be recorded: {error.message}", hint=error.hint
    )


@dataclass(frozen=True)
class CommandRecord:
    """What is recorded at the end of a wrapped command.

    Args:
        error_message: None when it succeeded.
        metadata: merged into what was recorded at the start.
    """

    status: Status
    error_message: str | None
    metadata: Mapping[str, object]


class Recorder:
    """Has recorded a command's start, and records its end."""

    def __init__(self, database: Database, target: ConnectionTarget, key: bytes) -> None:
        """Use `start`."""
        self.key = key
        self._database = database
        self._target = target

    @classmethod
    def start(
        cls,
        target: ConnectionTarget,
        name: str,
        *,
        script_type: str,
        tenant: str | None,
        metadata: Mapping[str, object],
    ) -> Self:
        """Connect, and commit the start of the operation.

        Raises:
            WrapperFailedError: that was not possible; the message says why.
        """
        try:
            database = _connect(target)
            with _limited(database):
                key = start_operation(
                    database,
                    name,
                    script_type=script_type,
                    tenant=target.tenant if tenant is None else tenant,
                    metadata=metadata,
                    # A pooler may end the server's session long before the command ends.
                    bound_to_connection=not database.is_pooled,
                )
        except DbtrackError as error:
            raise not_run(error) from error
        return cls(database, _without_asking_again(target, database), key)

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""
        return self._database.is_pooled

    def finish(self, record: CommandRecord) -> None:
        """Record the end, over a new connection where the first one was lost, and close the connection.

        Raises:
            DbtrackError: it could not be recorded.
        """
        try:
            self._complete(record)
        except NoConnectionError:
            self._database.close()
            self._database = _connect(self._target)
            self._complete_again(record)
        finally:
            self._database.close()

    def _complete_again(self, record: CommandRecord) -> None:
        try:
            self._complete(record)
        except AlreadyClosedError as error:
            # The first try may have been committed before the connection broke.
            if error.status != record.status:
                raise

    def _complete(self, record: CommandRecord) -> None:
        with _limited(self._database):
            complete_operation(
                self._database,
                self.key,
                success=record.status is Status.COMPLETED,
                error_message=record.error_message,
                metadata=record.metadata,
                status=record.status,
            )


def _connect(target: ConnectionTarget) -> Database:
    database = Database.connect(replace(target, defaults={**_PATIENCE, **target.defaults}))
    if not database.is_pooled:
        database.execute(_ALLOW_IDLE)
    return database


@contextmanager
def _limited(database: Database) -> Iterator[None]:
    with database.transaction():
        for name, value in _LIMITS.items():
            database.execute(_SET_LIMIT, {"name": name, "value": value})
        yield


def _without_asking_again(target: ConnectionTarget, database: Database) -> ConnectionTarget:
    password = database.raw.info.password
    given = {**target.overrides, "password": password} if password else target.overrides
    return replace(target, overrides=given, no_password=True, force_password=False)
