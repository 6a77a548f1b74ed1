"""A wrapped command's record in the database: a connection of its own, and the end even if that was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import NoConnectionError
from dbtrack.tracking.limits import limited
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
_ALLOW_IDLE = """
SELECT pg_catalog.set_config('idle_session_timeout', '0', false)
WHERE pg_catalog.current_setting('idle_session_timeout') <> '0'
"""


@dataclass(frozen=True)
class CommandRecord:
    """What is recorded at the end of a wrapped command.

    Args:
        error_message: None when it succeeded.
        metadata: merged into what was recorded at the start.
        duration_us: how long the command ran, in microseconds.
    """

    status: Status
    error_message: str | None
    metadata: Mapping[str, object]
    duration_us: int


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
            DbtrackError: that was not possible.
        """
        database = _connect(target)
        try:
            with limited(database):
                key = start_operation(
                    database,
                    name,
                    script_type=script_type,
                    tenant=target.tenant if tenant is None else tenant,
                    metadata=metadata,
                    # A pooler may end the server's session long before the command ends.
                    bound_to_connection=not database.is_pooled,
                )
        except BaseException:
            database.close()
            raise
        return cls(database, _without_asking_again(target, database), key)

    @property
    def database(self) -> Database:
        """The connection that it records over."""
        return self._database

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""
        return self._database.is_pooled

    def finish(self, record: CommandRecord) -> None:
        """Record the end, over a new connection where the first one was lost.

        Raises:
            DbtrackError: it could not be recorded.
        """
        try:
            self._complete(record)
        except NoConnectionError:
            self._database.close()
            self._database = _connect(self._target)
            self._complete_again(record)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _complete_again(self, record: CommandRecord) -> None:
        try:
            self._complete(record)
        except AlreadyClosedError as error:
            # The first try may have been committed before the connection broke.
            if error.status != record.status:
                raise

    def _complete(self, record: CommandRecord) -> None:
        with limited(self._database):
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


def _without_asking_again(target: ConnectionTarget, database: Database) -> ConnectionTarget:
    password = database.raw.info.password
    given = {**target.overrides, "password": password} if password else target.overrides
    return replace(target, overrides=given, no_password=True, force_password=False)
