"""`Tracker`, which an application imports."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import weakref
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast, overload

from dbtrack.api.batch import Batch
from dbtrack.api.connections import BorrowedConnection, OwnConnection, TrackerConnection
from dbtrack.api.operation import Operation, operation_secrets
from dbtrack.api.recorder import OnError, Recorder
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Connection
from dbtrack.operations.new_operation import NewOperation
from dbtrack.redaction.storable_text import LONGEST_NAME

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Tracker:
    """Records operations around the caller's code, in a database that has dbtrack installed.

    With a connection string it opens a connection of its own when first needed. Its records are committed at
    once, independently of the caller's transactions, and any number of threads may share it. With an open
    connection of the caller it records in that connection's transactions, and links the DDL that runs there
    to the operation; then one thread at a time may use it.

    By default recording never breaks the caller's work: an error is logged as a warning of the logger
    ``dbtrack`` and counted, and the record is kept and tried again.
    """

    def __init__(
        self,
        connection: str | Connection[Any] | None = None,
        *,
        tenant: str | None = None,
        script_type: str = "MANUAL",
        metadata: Mapping[str, object] | None = None,
        on_error: OnError = "warn",
        pooled: bool = False,
    ) -> None:
        """Create a tracker, without connecting.

        Args:
            connection: a conninfo, a URI or ``embedded:``; an open psycopg 3 connection, which stays the
                caller's; or None for the database that the environment names, as for the command line.
            tenant: a tenant's business key, or its hash key in hex; None for the login's own tenant.
            script_type: the default type of its operations: MANUAL, MIGRATION, MAINTENANCE, BACKUP,
                REPORTING, AUTHENTICATION or a word of your own, up to 50 characters.
            metadata: recorded with every operation.
            on_error: ``warn`` logs an error of the recording, and the caller's work continues; ``raise``
                raises it as a `dbtrack.errors.DbtrackError`, or adds it as a note to an exception that is
                leaving the caller's block.
            pooled: the connection leads through a pooler that may give each transaction another server
                session (PgBouncer in transaction mode): then no operation is bound to its connection, and
                DDL is linked inside transactions only.

        Raises:
            UsageError: the connection string is malformed.
        """
        recording, own_tenant = _tracker_connection(connection, pooled=pooled)
        self._recorder = Recorder(recording, on_error)
        self._tenant = tenant or own_tenant
        self._script_type = script_type
        self._metadata = dict(metadata or {})
        self._pooled = pooled
        self._finalizer = weakref.finalize(self, self._recorder.close)

    @property
    def error_count(self) -> int:
        """How often recording has gone wrong."""
        return self._recorder.error_count

    @property
    def unrecorded(self) -> int:
        """How many operations have no record, or one that may be rolled back; `settle` tries again."""
        return self._recorder.unrecorded

    def operation(
        self,
        name: str,
        *,
        script_type: str | None = None,
        tenant: str | None = None,
        metadata: Mapping[str, object] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Operation:
        """Return a ``with`` block that is recorded as one operation.

        Args:
            name: 1 to 255 characters.
            script_type: up to 50 characters; None for the tracker's.
            tenant: None for the tracker's.
            metadata: added to the tracker's; anything JSON can hold.
            secrets: encrypted before they leave this process, with the key of the configuration file or of
                `$DBTRACK_KEY`.

        Raises:
            UsageError: there is no key to encrypt with.
            DbtrackError: the package `cryptography` is missing.
        """
        operation = NewOperation(
            name,
            script_type or self._script_type,
            tenant or self._tenant,
            {**self._metadata, **(metadata or {})},
        )
        return Operation(
            self._recorder,
            operation.with_secrets(operation_secrets(name, secrets)),
            bound_to_connection=not self._pooled,
        )

    def batch(
        self,
        size: int = 1000,
        *,
        script_type: str | None = None,
        tenant: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Batch:
        """Return a ``with`` block that records many operations in few calls, after they have ended.

        Args:
            size: how many operations one call records.
            script_type: up to 50 characters; None for the tracker's.
            tenant: None for the tracker's.
            metadata: recorded with every operation of the batch, in addition to the tracker's.

        Raises:
            UsageError: the size is below 1.
        """
        return Batch(
            self._recorder,
            size=size,
            script_type=script_type or self._script_type,
            tenant=tenant or self._tenant,
            metadata={**self._metadata, **(metadata or {})},
        )

    @overload
    def track(self, name: Callable[Arguments, Result], /) -> Callable[Arguments, Result]: ...

    @overload
    def track(
        self,
        name: str | None = None,
        /,
        *,
        script_type: str | None = None,
        tenant: str | None = None,
        metadata: Mapping[str, object] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]: ...

    def track(
        self,
        name: Callable[..., Any] | str | None = None,
        /,
        *,
        script_type: str | None = None,
        tenant: str | None = None,
        metadata: Mapping[str, object] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Any:
        """Decorate a function so that each call is recorded as one operation.

        ``@tracker.track("nightly load")``, or ``@tracker.track``, which takes the function's qualified name.
        A coroutine function is recorded from its first step to its last, by a worker thread, so that the
        event loop never waits for the record.

        Args:
            name: 1 to 255 characters; or the function.
            script_type: up to 50 characters; None for the tracker's.
            tenant: None for the tracker's.
            metadata: added to the tracker's.
            secrets: as for `operation`; encrypted again at each call, which may raise the same errors.

        Raises:
            TypeError: the function is a generator, which does its work after the call has returned.
        """
        if callable(name):
            return self.track()(name)

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            title = name or function.__qualname__[:LONGEST_NAME]

            def start() -> Operation:
                return self.operation(
                    title, script_type=script_type, tenant=tenant, metadata=metadata, secrets=secrets
                )

            return _decorated(function, start)

        return decorate

    def settle(self) -> int:
        """Try again to record what could not be recorded before.

        With a connection of the caller, call it after a rollback: a failure that was recorded in that
        transaction is recorded again. Each start of an operation does the same.

        Returns:
            How many operations are still unrecorded.
        """
        self._recorder.settle()
        return self.unrecorded

    def close(self) -> None:
        """Settle, and close the tracker's own connection; the caller's stays open."""
        self._recorder.settle()
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _tracker_connection(
    connection: str | Connection[Any] | None, *, pooled: bool
) -> tuple[TrackerConnection, str | None]:
    if connection is None or isinstance(connection, str):
        target = resolve_target(ConnectionOptions(dbname=connection), os.environ)
        return OwnConnection(target), target.tenant
    return BorrowedConnection(connection, pooled=pooled), None


def _decorated(function: Callable[..., Any], start: Callable[[], Operation]) -> Callable[..., Any]:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"{function.__qualname__} is a generator: its work is done after the call has returned; "
            "use 'with tracker.operation(…)' inside it instead"
        )
    if inspect.iscoroutinefunction(function):
        return _decorated_coroutine(cast("Callable[..., Awaitable[Any]]", function), start)

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        with start():
            return function(*arguments, **named)

    return call


def _decorated_coroutine(
    function: Callable[..., Awaitable[Any]], start: Callable[[], Operation]
) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(function)
    async def call(*arguments: Any, **named: Any) -> Any:
        operation = start()
        await asyncio.to_thread(operation.start)
        try:
            result = await function(*arguments, **named)
        except BaseException as error:
            await asyncio.to_thread(operation.end, error)
            raise
        await asyncio.to_thread(operation.end)
        return result

    return call
