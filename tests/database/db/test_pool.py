"""The pool of the server: what it does with a server that is silent."""

from __future__ import annotations

import asyncio

import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db.pool import DatabasePool
from dbtrack.errors import NoConnectionError
from tests.support.proxy import Proxy
from tests.support.servers import Server

pytestmark = pytest.mark.any_server


def test_nobody_waits_for_ever_for_an_answer_that_is_lost(database_conninfo: str, server: Server) -> None:
    async def ask(proxy: Proxy) -> None:
        there = make_conninfo(database_conninfo, host="127.0.0.1", port=proxy.port)
        target = resolve_target(ConnectionOptions(dbname=there), {})
        pool = DatabasePool(target, size=2, application_name="test", longest_seconds=0.5)
        await pool.open()
        try:
            async with asyncio.timeout(60):
                async with pool.connection() as database:
                    assert await database.value("SELECT 1") == 1
                proxy.stall()
                async with pool.connection() as database:
                    with pytest.raises(NoConnectionError):
                        await database.send("SELECT 1; SELECT 2", {})
                # So it is if the transaction has begun, which cannot be rolled back any more.
                proxy.resume()
                async with pool.connection() as database:
                    await database.rows("BEGIN")
                    proxy.stall()
                    with pytest.raises(NoConnectionError):
                        await database.rows("SELECT 1")
                proxy.resume()
                async with pool.connection() as database:
                    assert await database.value("SELECT 1") == 1
        finally:
            await pool.close()

    with Proxy(server.port) as proxy:
        asyncio.run(ask(proxy))
