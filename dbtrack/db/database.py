"""One connection, which raises translated errors."""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from itertools import count
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.errors import Diagnostic
from psycopg.rows import tuple_row

from dbtrack import sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db.connect import open_connection
from dbtrack.db.errors import UnresolvedCall, translate_errors, unresolved_call, with_role_prefix
from dbtrack.db.lenient_loaders import accept_any_time
from dbtrack.db.results import Notice, Result, describe, warning_of
from dbtrack.db.statement_text import copy_of, count_of, function_call, quote_literal, sent_text
from dbtrack.errors import NotInstalledError, PermissionDeniedError
from dbtrack.version import __version__

Parameters = Mapping[str, object]
Row = tuple[Any, ...]

_NOTICES_KEPT = 1000
_DEFAULT_PREFIX = "dbtrack"
_READ_ONLY_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_stream_numbers = count(1)


class Database:
    """A connection to one database. Every method may raise a `DbtrackError`, and none raises a psycopg error.

    Statements take named parameters, `%(name)s`. Without parameters, a `%` is an ordinary character.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], *, owned: bool, typed_password: str | None = None
    ) -> None:
        """Use `connect` or `wrap`."""
        self.raw = connection
        self._typed_password = typed_password
        self.notices: deque[Notice] = deque(maxlen=_NOTICES_KEPT)
        """The server's WARNINGs, the last 1000 of them."""
        self._owned = owned
        self._closed = False
        self._callbacks: list[Callable[[Notice], None]] = []
        connection.add_notice_handler(self._receive_notice)

    @classmethod
    def connect(
        cls, target: ConnectionTarget, *, application_name: str = "dbtrack", needs_leader: bool = False
    ) -> Database:
        """Open a connection in autocommit mode; of several hosts, to the one that takes writes.

        Args:
            target: where to connect.
            application_name: used unless the target or PGAPPNAME sets another.
            needs_leader: where none of several hosts takes writes, connect to none.

        Raises:
            NoConnectionError: the server cannot be reached or rejects the login.
            UsageError: the target's connection string is malformed.
        """
        opened = open_connection(target, application_name, needs_leader=needs_leader)
        return cls(opened.raw, owned=True, typed_password=opened.typed_password)

    @classmethod
    def wrap(cls, connection: psycopg.Connection[Any]) -> Database:
        """Use a caller's connection with its settings; `close` leaves it open."""
        return cls(connection, owned=False)

    def without_asking_again(self, target: ConnectionTarget) -> ConnectionTarget:
        """Return the target to connect to again, with the password that was typed for this connection."""
        typed = self._typed_password
        given = target.overrides if typed is None else {**target.overrides, "password": typed}
        return replace(target, overrides=given, no_password=True, force_password=False)

    def rows(self, query: str, params: Parameters | None = None) -> list[Row]:
        """Run a statement and return all rows; an empty list if it returns none."""
        return self.result(query, params).rows

    def row(self, query: str, params: Parameters | None = None) -> Row | None:
        """Run a statement and return the first row, or None."""
        with self._cursor() as cursor:
            cursor.execute(self._sent(query), params)
            return cursor.fetchone() if cursor.description else None

    def value(self, query: str, params: Parameters | None = None) -> Any:
        """Run a statement and return the first column of the first row, or None if there is no row."""
        first = self.row(query, params)
        return first[0] if first else None

    def result(self, query: str, params: Parameters | None = None) -> Result:
        """Run a statement and return all rows, with the names and types of the columns."""
        with self._cursor() as cursor:
            cursor.execute(self._sent(query), params)
            columns = describe(cursor.description or (), self.raw.adapters)
            return Result(columns, cursor.fetchall() if columns else [])

    def call(self, function: str, /, **arguments: object) -> list[Row]:
        """Call a function of dbtrack's schema by its name, with arguments by theirs; return its rows.

        A function that returns one value returns one row of one column.
        """
        return self.rows(function_call(function, tuple(arguments)), arguments or None)

    def call_value(self, function: str, /, **arguments: object) -> Any:
        """Call a function as `call` does; return the first column of its first row, None without rows."""
        return self.value(function_call(function, tuple(arguments)), arguments or None)

    def stream(
        self, query: str, params: Parameters | None = None, *, batch_rows: int = 2000
    ) -> Generator[Row, None, None]:
        """Yield rows as they are read, in constant memory, in one transaction that ends with the last row.

        Closing the generator rolls the transaction back.

        Args:
            query: one statement that returns rows.
            params: the values of its named parameters.
            batch_rows: how many rows each round trip fetches.
        """
        # The driver's own server-side cursor cannot send non-ASCII text to an SQL_ASCII database.
        name = f"dbtrack_stream_{next(_stream_numbers)}"
        with self.transaction(), self._cursor() as cursor:
            cursor.execute(self._sent(f"DECLARE {name} NO SCROLL CURSOR FOR {query}"), params)
            while batch := cursor.execute(f"FETCH {batch_rows} FROM {name}", prepare=False).fetchall():
                yield from batch
            cursor.execute(f"CLOSE {name}")

    def copy_out(self, query: str, params: Parameters | None = None) -> Generator[bytes, None, None]:
        """Yield the rows of a COPY … TO STDOUT, in constant memory; closing the generator cancels it."""
        with self._cursor() as cursor, cursor.copy(self._sent(query), params) as copy:
            yield from map(bytes, copy)

    def copy_in(self, query: str, rows: Iterable[bytes]) -> None:
        """Run a COPY … FROM STDIN with the rows that another connection's `copy_out` yields."""
        with self._cursor() as cursor, cursor.copy(self._sent(query)) as copy:
            for row in rows:
                copy.write(row)

    def copy_rows(
        self, query: str, params: Parameters, columns: Sequence[str], *, as_json: bool = False
    ) -> Generator[bytes, None, None]:
        """Yield the rows of a query one by one, each ending with a line feed, in constant memory.

        Args:
            query: a SELECT; its parameters are bound as literals.
            params: the values of its parameters.
            columns: which of its columns, by name.
            as_json: each row is a JSON object on one line; otherwise it is CSV, which may have line feeds.
        """
        return self.copy_out(copy_of(query, columns, as_json=as_json), params)

    def count_rows(self, query: str, params: Parameters) -> int:
        """Return how many rows a query has."""
        return int(self.value(count_of(query), params))

    def execute(self, query: str, params: Parameters | None = None) -> int:
        """Run one statement and return the number of affected rows, 0 if that has no meaning."""
        with self._cursor() as cursor:
            cursor.execute(self._sent(query), params)
            return max(cursor.rowcount, 0)

    def run_script(self, text: str) -> None:
        """Run any number of statements, in one transaction unless they contain their own."""
        with self._cursor() as cursor:
            # No parameters, not even empty ones: with them a literal % is an error, and only one statement is
            # allowed.
            cursor.execute(self._sent(text))

    @contextmanager
    def transaction(self, *, undone: bool = False) -> Iterator[None]:
        """Run the block in a transaction, or in a savepoint of an open one; roll back on any exception.

        Args:
            undone: roll back in any case.
        """
        with self._with_details(), translate_errors(), self.raw.transaction(force_rollback=undone):
            yield

    def on_notice(self, callback: Callable[[Notice], None]) -> None:
        """Call `callback` with each WARNING of the server as it arrives."""
        self._callbacks.append(callback)

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.raw.info.dbname

    @property
    def place(self) -> str:
        """The database and its server, for titles: `shop@db1:5432`, or `shop@local` through a socket."""
        host = self.raw.info.host
        is_socket = not host or host.startswith(("/", "@"))
        return f"{self.name}@{'local' if is_socket else f'{host}:{self.raw.info.port}'}"

    @property
    def server_version(self) -> int:
        """The server's version as a number: 180006 is 18.6."""
        return self.raw.info.server_version

    @cached_property
    def in_recovery(self) -> bool:
        """Whether the server is a standby; queried once."""
        return bool(self.value("SELECT pg_catalog.pg_is_in_recovery()"))

    @property
    def is_lost(self) -> bool:
        """Whether the connection is closed, or known to be broken."""
        return self.raw.closed or self.raw.broken

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open, a failed one included."""
        return self.raw.info.transaction_status.name in {"INTRANS", "INERROR"}

    @cached_property
    def is_pooled(self) -> bool:
        """Whether there is a pooler, so that the server's session is shared; queried once."""
        # A pooler reports process ids of its own to its clients.
        return bool(self.value("SELECT pg_catalog.pg_backend_pid()") != self.raw.info.backend_pid)

    def close(self) -> None:
        """Close the connection if `connect` opened it; otherwise only stop listening for notices."""
        if self._closed:
            return
        self._closed = True
        self.raw.remove_notice_handler(self._receive_notice)
        if self._owned:
            self.raw.close()

    def cancel(self, *, seconds: float = 1.0) -> None:
        """Cancel the running statement, from another thread.

        Args:
            seconds: how long that may take.
        """
        with suppress(psycopg.Error):
            self.raw.cancel_safe(timeout=seconds)

    def abort(self, *, seconds: float = 1.0) -> None:
        """Cancel the running statement and break the connection, from another thread.

        The thread that uses it gets a `NoConnectionError`, also if the server is silent.

        Args:
            seconds: how long the cancellation may take.
        """
        self.cancel(seconds=seconds)
        # The driver must not be told: it is waiting for this socket in the other thread.
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.raw.fileno())) as other:
            other.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _cursor(self) -> Iterator[psycopg.Cursor[Row]]:
        with self._with_details(), translate_errors(), self.raw.cursor(row_factory=tuple_row) as cursor:
            accept_any_time(cursor)
            yield cursor

    @contextmanager
    def _with_details(self) -> Iterator[None]:
        """Add to an error what only the database knows, once a query is possible.

        In a failed transaction none is; the error passes here again when the transaction ends.
        """
        try:
            yield
        except PermissionDeniedError as error:
            if error.hint and "dbtrack_" in error.hint and self._is_idle:
                error.hint = with_role_prefix(error.hint, self._role_prefix())
            raise
        except NotInstalledError as error:
            call = unresolved_call(error) if self._is_idle else None
            if call and self._accepts(call):
                raise call.refused_value() from error.__cause__
            if self._is_idle:
                raise self._said_precisely(error) from error.__cause__
            raise

    def _said_precisely(self, error: NotInstalledError) -> NotInstalledError:
        """Return the error with which of its two reasons it is."""
        if not self._looked_up(sql_files.query("installation/is_installed")):
            return NotInstalledError("dbtrack is not installed in this database", hint=error.hint)
        version = self._looked_up(sql_files.query("installation/installed_version"))
        if version in (None, __version__):
            return error
        return NotInstalledError(
            f"dbtrack {version} in this database is older than this command needs: {__version__}",
            hint=error.hint,
        )

    @property
    def _is_idle(self) -> bool:
        return self.raw.info.transaction_status.name == "IDLE"

    def _role_prefix(self) -> str:
        return self._looked_up(sql_files.query("connection/role_prefix")) or _DEFAULT_PREFIX

    def _accepts(self, call: UnresolvedCall) -> bool:
        parameters = {"function": call.function, "arguments": call.arguments, "names": list(call.names)}
        return bool(self._looked_up(sql_files.query("connection/accepts_call"), parameters))

    def _looked_up(self, query: str, params: Parameters | None = None) -> Any:
        """Return the first value of a query about an error, or None; it leaves no transaction open."""
        with suppress(psycopg.Error), self.raw.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(self._sent(query), params).fetchone()
            if not self.raw.autocommit:
                self.raw.rollback()
            return row[0] if row else None
        return None

    def _sent(self, query: str) -> str | bytes:
        return sent_text(query, self.raw)

    def _receive_notice(self, diagnostic: Diagnostic) -> None:
        notice = warning_of(diagnostic)
        if notice is None:
            return
        self.notices.append(notice)
        for callback in self._callbacks:
            callback(notice)


@contextmanager
def exported_snapshot(database: Database) -> Iterator[str]:
    """Open a read-only transaction and yield the name of its snapshot for `shared_snapshot`."""
    with database.transaction():
        database.execute(_READ_ONLY_SNAPSHOT)
        yield database.value("SELECT pg_catalog.pg_export_snapshot()")


@contextmanager
def shared_snapshot(database: Database, snapshot: str) -> Iterator[None]:
    """Open a read-only transaction in a snapshot that another connection keeps open."""
    with database.transaction():
        database.execute(_READ_ONLY_SNAPSHOT)
        database.execute(f"SET TRANSACTION SNAPSHOT {quote_literal(snapshot)}")
        yield
