"""Record refused requests in the access record, without letting anybody flood it or slow the answers."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import NamedTuple

from dbtrack.db.pool import DatabasePool
from dbtrack.errors import DbtrackError
from dbtrack.serve.queries import query

_MOST_WAITING = 100
_MOST_IN_A_MINUTE = 60


class Refusal(NamedTuple):
    """One refused request.

    Args:
        request: its method and path.
        tenant: the tenant that it asked for; None for none.
        source: the client's address and the token's name or id, as far as they are known.
    """

    request: str
    tenant: str | None
    source: str


class Refusals:
    """Writes them one after the other, in the background; of too many in a minute only the first."""

    def __init__(self, pool: DatabasePool) -> None:
        self._pool = pool
        self._queue: asyncio.Queue[Refusal] = asyncio.Queue(_MOST_WAITING)
        self._writer: asyncio.Task[None] | None = None
        self._minute = 0.0
        self._in_this_minute = 0

    def note(self, refusal: Refusal) -> None:
        """Record a refusal soon, or not at all where there are too many."""
        now = time.monotonic()
        if now - self._minute >= 60:
            self._minute, self._in_this_minute = now, 0
        if self._in_this_minute >= _MOST_IN_A_MINUTE or self._queue.full():
            return
        self._in_this_minute += 1
        self._queue.put_nowait(refusal)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Wait until all are recorded, a few seconds at most."""
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=3)
            self._writer.cancel()

    async def _write(self) -> None:
        while not self._queue.empty():
            refusal = self._queue.get_nowait()
            # Nobody can be told; the next one tries again.
            with suppress(DbtrackError):
                async with self._pool.connection() as database:
                    await database.rows(query("serve/record_refusal"), refusal._asdict())
