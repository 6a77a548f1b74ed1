"""A pool of asynchronous connections to one server, for programs that answer many requests at once."""

from __future__ import annotations

import logging
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
from dbtrack.db.libpq_keywords import libpq_keywords
from dbtrack.errors import NoConnectionError

# Without a handler, Python writes the pool's log to stderr: each attempt to connect while the server is down.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())
logging.getLogger("psycopg.pool").propagate = False

_LONGEST_WAIT_SECONDS = 5.0


class DatabasePool:
    """Connections in autocommit mode, opened as they are needed; the server may go away and come back."""

    def __init__(self, target: ConnectionTarget, *, size: int, application_name: str) -> None:
        """Describe the pool; `open` starts it.

        Args:
            target: where to connect; nobody is asked for a password.
            size: the most connections.
            application_name: used unless the target or PGAPPNAME sets another.
        """
        keywords = libpq_keywords(target)
        keywords["client_encoding"] = "UTF8"
        keywords.setdefault("fallback_application_name", application_name)
        keywords.setdefault("connect_timeout", "5")
        self.size = size
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            "",
            kwargs={**keywords, "autocommit": True, "prepare_threshold": None},
            min_size=1,
            max_size=size,
            open=False,
            configure=_configure,
            timeout=_LONGEST_WAIT_SECONDS,
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
        try:
            raw = await self._pool.getconn()
        except TooManyRequests as error:
            raise NoConnectionError("too many requests wait for a connection", may_pass=True) from error
        except PoolTimeout as error:
            raise NoConnectionError("the database gives no connection", may_pass=True) from error
        database = AsyncDatabase(raw)
        try:
            yield database
        finally:
            await self._give_back(database)

    async def _give_back(self, database: AsyncDatabase) -> None:
        # A transaction that an error or a cancelled request left open.
        try:
            if database.raw.info.transaction_status.name not in {"IDLE", "UNKNOWN"}:
                await database.roll_back()
        except NoConnectionError:
            pass
        finally:
            await self._pool.putconn(database.raw)


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
