"""The connection on which a tracker records: one of its own, or the caller's."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TypeVar

from dbtrack.config import ConnectionTarget
from dbtrack.db import Connection, Database
from dbtrack.db.libpq_keywords import libpq_keywords
from dbtrack.errors import DbtrackError, NoConnectionError
from dbtrack.operations.operations import Link

Result = TypeVar("Result")

_CONNECT_SECONDS = "5"
_PAUSE_SECONDS = 5.0


class UnusableConnectionError(DbtrackError):
    """Nothing can be recorded on the caller's connection now: its transaction has failed, or it is busy."""


class OwnConnection:
    """A connection that is opened when first needed and again when it was lost; any thread may use it.

    For five seconds after a failure to connect it fails at once, so that a server that is away does not
    delay every operation.

    Raises:
        UsageError: the target's connection string is malformed.
    """

    def __init__(self, target: ConnectionTarget) -> None:
        if target.embedded_path is None:
            libpq_keywords(target)
        self._target = replace(target, defaults={"connect_timeout": _CONNECT_SECONDS, **target.defaults})
        self._lock = threading.RLock()
        self._database: Database | None = None
        self._inherited: list[Database] = []
        self._process = os.getpid()
        self._pause_until = 0.0

    def run(self, work: Callable[[Database], Result]) -> Result:
        """Do the work, on a new connection where the old one turns out to be lost.

        Raises:
            DbtrackError: an error of the work, or the server cannot be reached.
        """
        with self._lock:
            self._forget_inherited()
            was_open = self._database is not None
            try:
                return work(self._connected())
            except NoConnectionError:
                self._drop()
                if not was_open:
                    raise
            return work(self._connected())

    def is_ready(self) -> bool:
        """Return whether recording can be tried now."""
        return time.monotonic() >= self._pause_until

    def is_in_transaction(self) -> bool:
        """Return False: nobody can roll back what is recorded here."""
        return False

    def link(self) -> Link | None:
        """Return None: the caller's DDL runs on other connections, so none can be linked."""
        return None

    def close(self) -> None:
        """Close the connection; later work opens another."""
        with self._lock:
            self._forget_inherited()
            self._drop()

    def _connected(self) -> Database:
        if self._database is None:
            if not self.is_ready():
                raise NoConnectionError("the server was unreachable a moment ago")
            try:
                self._database = Database.connect(self._target)
            except NoConnectionError:
                self._pause_until = time.monotonic() + _PAUSE_SECONDS
                raise
        return self._database

    def _drop(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _forget_inherited(self) -> None:
        # After a fork the connection belongs to the parent; closing it here would end the parent's session.
        if self._process != os.getpid():
            self._process = os.getpid()
            self._inherited += [self._database] if self._database else []
            self._database = None


class BorrowedConnection:
    """The caller's own connection, with whatever transaction it is in.

    Args:
        connection: stays open; its transaction is never committed or rolled back here.
        pooled: each transaction may have another server session, so that nothing can be tied to the session.
    """

    def __init__(self, connection: Connection, *, pooled: bool) -> None:
        self._database = Database.wrap(connection)
        self._pooled = pooled

    def run(self, work: Callable[[Database], Result]) -> Result:
        """Do the work in a savepoint of the open transaction, else in a transaction of its own.

        Raises:
            UnusableConnectionError: the transaction has failed, or a statement is under way.
            DbtrackError: an error of the work; the caller's transaction is as it was.
        """
        status = self._status()
        if status not in {"IDLE", "INTRANS"}:
            raise UnusableConnectionError(
                "the connection's transaction has failed"
                if status == "INERROR"
                else "the connection is closed or busy"
            )
        with self._savepoint(status):
            return work(self._database)

    def is_ready(self) -> bool:
        """Return whether what is recorded now is committed at once."""
        return self._status() == "IDLE"

    def is_in_transaction(self) -> bool:
        """Return whether what is recorded could still be rolled back."""
        return self._status() == "INTRANS"

    def link(self) -> Link | None:
        """Return which DDL to link: the open transaction's, else the session's; None through a pooler."""
        if self.is_in_transaction():
            return "transaction"
        return None if self._pooled else "session"

    def close(self) -> None:
        """Stop using the connection, which stays open."""
        self._database.close()

    def _savepoint(self, status: str) -> AbstractContextManager[None]:
        if status == "IDLE" and self._database.raw.autocommit:
            return nullcontext()
        # A refused record must not take the caller's transaction with it.
        return self._database.transaction()

    def _status(self) -> str:
        return self._database.raw.info.transaction_status.name


TrackerConnection = OwnConnection | BorrowedConnection
