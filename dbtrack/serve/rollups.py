"""Keep the counts that reports read up to date, as the command line does before a report."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from dbtrack.db.pool import DatabasePool
from dbtrack.errors import DbtrackError
from dbtrack.serve.queries import query

_SECONDS_BETWEEN = 30.0


class Rollups:
    """Advances the rollups in the background, where that is due and the server's login may."""

    def __init__(self, pool: DatabasePool) -> None:
        self._pool = pool
        self._next = 0.0
        self._task: asyncio.Task[None] | None = None

    def advance_soon(self) -> None:
        """Advance them, at most twice a minute; nobody waits for it, since reports are right without it."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS_BETWEEN
            self._task = asyncio.create_task(self._advance())

    async def close(self) -> None:
        """Wait until they are advanced, a few seconds at most."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=3)
            self._task.cancel()

    async def _advance(self) -> None:
        # A report that reads older counts reads more rows, and shows the same.
        with suppress(DbtrackError):
            async with self._pool.connection() as database:
                if await database.value(query("reports/rollups_are_due")):
                    await database.call("advance_rollups")
