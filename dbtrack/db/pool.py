"""A pool of asynchronous connections to one server, for programs that answer many requests at once."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from dbtrack import sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db.async_database import AsyncDatabase
from dbtrack.db.connect import STYLES
from dbtrack.db.lenient_loaders import accept_any_text, accept_any_time
from dbtrack.db.libpq_keywords import libpq_keywords, seeks_any_host
from dbtrack.errors import DbtrackError, NoConnectionError

# Without a handler, Python writes the pool's log to stderr: each attempt to connect while the server is down.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())
logging.getLogger("psycopg.pool").propagate = False

_LONGEST_WAIT_SECONDS = 5.0
# Once one caller has waited in vain, others need not wait as long for the same answer.
_SHORT_WAIT_SECONDS = 0.2
_SHORT_WAITS_FOR_SECONDS = 5.0
_KEEPALIVES = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


class DatabasePool:
    """Connections in autocommit mode, opened as they are needed; the server may go away and come back."""

    def __init__(
        self, target: ConnectionTarget, *, size: int, application_name: str, longest_seconds: float
    ) -> None:
        """Describe the pool; `open` starts it.

        Args:
            target: where to connect; nobody is asked for a password.
            size: the most connections.
            application_name: used unless the target or PGAPPNAME sets another.
            longest_seconds: how long to wait for an answer; then the connection is lost.
        """
        keywords = libpq_keywords(target)
        keywords["client_encoding"] = "UTF8"
        keywords.setdefault("fallback_application_name", application_name)
        keywords.setdefault("connect_timeout", "5")
        if seeks_any_host(keywords):
            keywords["target_session_attrs"] = "read-write"
        # A network that swallows packets would hold a request for many minutes.
        keywords.setdefault("tcp_user_timeout", "15000")
        # An idle connection whose other end is gone is found within a minute.
        for name, value in _KEEPALIVES.items():
            keywords.setdefault(name, value)
        self.size = size
        self._longest_seconds = longest_seconds
        self._gone_until = 0.0
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            "",
            kwargs={**keywords, "autocommit": True, "prepare_threshold": None},
            min_size=1,
            max_size=size,
            open=False,
            configure=_configure,
            max_waiting=size * 50,
            reconnect_timeout=10.0,
        )

    async def open(self) -> None:
        """Start to connect, without waiting for it."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close all connections; those in use when they are returned."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncDatabase]:
        """Lend a connection for the block; one that was lost is replaced by another afterwards.

        Raises:
            NoConnectionError: there is none within five seconds, or too many already wait for one.
        """
        database = AsyncDatabase(await self._living(), longest_seconds=self._longest_seconds)
        try:
            yield database
        finally:
            await self._give_back(database)

    async def _living(self) -> psycopg.AsyncConnection[Any]:
        """Take a connection from the pool, and drop those that the server has closed since they were used."""
        while _has_ended(raw := await self._taken()):
            await raw.close()
            await self._pool.putconn(raw)
        return raw

    async def _taken(self) -> psycopg.AsyncConnection[Any]:
        is_gone = time.monotonic() < self._gone_until
        try:
            raw = await self._pool.getconn(_SHORT_WAIT_SECONDS if is_gone else _LONGEST_WAIT_SECONDS)
        except TooManyRequests as error:
            raise NoConnectionError("too many requests wait for a connection", may_pass=True) from error
        except PoolTimeout as error:
            self._gone_until = time.monotonic() + _SHORT_WAITS_FOR_SECONDS
            raise NoConnectionError("the database gives no connection", may_pass=True) from error
        self._gone_until = 0.0
        return raw

    async def _give_back(self, database: AsyncDatabase) -> None:
        """Return a connection; a transaction that an error or a cancelled request left open ends."""
        status = database.raw.info.transaction_status.name
        try:
            if status in {"INTRANS", "INERROR"}:
                await database.roll_back()
            elif status == "ACTIVE":
                # Its answer is still to come, for nobody.
                await database.raw.close()
        except DbtrackError:
            await database.raw.close()
        finally:
            await self._pool.putconn(database.raw)


def _has_ended(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Return whether an idle connection has something to read: its end, most often.

    That costs no round trip.
    """
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    """Give a new connection the settings that `dbtrack.db.connect` gives to its own."""
    info = connection.info
    options = info.get_parameters().get("options", "").encode("ascii", "replace").decode()
    async with psycopg.AsyncClientCursor(connection) as cursor:
        await cursor.execute(
            sql_files.query("connection/session_settings"),
            {"backend_pid": info.backend_pid, "options": options},
        )
    for name, style in STYLES.items():
        if not (info.parameter_status(name) or "").startswith(style):
            await connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, style))
    accept_any_time(connection)
    if info.parameter_status("server_encoding") == "SQL_ASCII":
        await connection.execute("SET client_encoding = 'SQL_ASCII'")
        accept_any_text(connection)
