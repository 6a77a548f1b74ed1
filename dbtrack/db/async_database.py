"""One asynchronous connection of a pool, which raises translated errors."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Any

import psycopg

from dbtrack.db.database import Parameters, Row
from dbtrack.db.errors import translate_errors
from dbtrack.db.statement_text import function_call


class AsyncDatabase:
    """A connection, in autocommit mode.

    Every method may raise a `DbtrackError`, and none raises a psycopg error.

    Statements take named parameters, `%(name)s`, as those of `Database`.
    """

    def __init__(
        self, connection: psycopg.AsyncConnection[Any], *, longest_seconds: float | None = None
    ) -> None:
        """Use `DatabasePool.connection`.

        Args:
            connection: in autocommit mode.
            longest_seconds: how long to wait for an answer; then the connection is lost. None: without end.
        """
        self.raw = connection
        self._longest_seconds = longest_seconds

    async def rows(self, query: str, params: Parameters | None = None) -> list[Row]:
        """Run a statement and return all rows; an empty list if it returns none.

        Without parameters there may be several statements; the rows are those of the last one.
        """
        # No pipeline of the driver's: on a connection that has ended it waits for ever.
        with translate_errors(), self._answered_within(self._longest_seconds):
            cursor = await self.raw.execute(query, params)
            while cursor.nextset():
                pass
            return await cursor.fetchall() if cursor.description else []

    async def send(self, query: str, params: Parameters, *, within: float | None = None) -> list[Row]:
        """Run several statements in one message; return the rows of the last one that has any columns.

        The driver writes the values into the text as literals: only a single statement can have parameters.

        Args:
            query: the statements.
            params: their parameters.
            within: how many seconds to wait for the answer, where that is less than for other statements.
        """
        with translate_errors(), self._answered_within(within or self._longest_seconds):
            async with psycopg.AsyncClientCursor(self.raw) as cursor:
                await cursor.execute(query, params)
                rows: list[Row] = []
                while True:
                    if cursor.description:
                        rows = await cursor.fetchall()
                    if not cursor.nextset():
                        return rows

    async def row(self, query: str, params: Parameters | None = None) -> Row | None:
        """Run a statement and return the first row, or None."""
        rows = await self.rows(query, params)
        return rows[0] if rows else None

    async def value(self, query: str, params: Parameters | None = None) -> Any:
        """Run a statement and return the first column of the first row, or None if there is no row."""
        first = await self.row(query, params)
        return first[0] if first else None

    async def call(self, function: str, /, **arguments: object) -> list[Row]:
        """Call a function of dbtrack's schema by its name, with arguments by theirs; return its rows."""
        return await self.rows(_call(function, tuple(arguments)), arguments or None)

    async def call_value(self, function: str, /, **arguments: object) -> Any:
        """Call a function as `call` does; return the first column of its first row, None without rows."""
        return await self.value(_call(function, tuple(arguments)), arguments or None)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Run the block in a transaction, or in a savepoint of an open one; roll back on any exception."""
        with translate_errors():
            async with self.raw.transaction():
                yield

    async def roll_back(self) -> None:
        """End an open transaction; a connection that is lost has none."""
        if not self.raw.closed:
            with translate_errors(), self._answered_within(self._longest_seconds):
                await self.raw.rollback()

    @contextmanager
    def _answered_within(self, seconds: float | None) -> Iterator[None]:
        """End the connection if the block takes longer; whoever waits for its answer gets an error then.

        The server's own limits end a statement, but not the wait for an answer that a network or a proxy has
        lost. To cancel the wait would send a request to the same server, and wait for that.
        """
        if seconds is None:
            yield
            return
        timer = asyncio.get_running_loop().call_later(seconds, self._end)
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        """Let the driver read the end of the connection."""
        with suppress(OSError), socket.socket(fileno=os.dup(self.raw.fileno())) as own:
            own.shutdown(socket.SHUT_RDWR)


@cache
def _call(function: str, arguments: tuple[str, ...]) -> str:
    """Return the text of a call, which takes as long to write as the driver takes to send it."""
    return function_call(function, arguments)
