"""What the routes of one worker share: its pools, the limits, the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from dbtrack.config import ConnectionTarget
from dbtrack.db.pool import DatabasePool
from dbtrack.errors import NoConnectionError
from dbtrack.serve.answer_cache import AnswerCache
from dbtrack.serve.known_tokens import KnownTokens, TokenRow
from dbtrack.serve.refusals import Refusals
from dbtrack.serve.rollups import Rollups
from dbtrack.serve.settings import ServeSettings
from dbtrack.serve.shared_proofs import SharedProofs

if TYPE_CHECKING:
    from starlette.requests import Request

    from dbtrack.db.async_database import AsyncDatabase

_APPLICATION = "dbtrack serve"
_STANDBY_REST_SECONDS = 5.0
# Beyond the time that a statement may take: by then the server has answered, if it and the network are there.
_GRACE_SECONDS = 5.0


class Services:
    """One worker's pools. `of` returns them to a route."""

    def __init__(self, settings: ServeSettings) -> None:
        self.settings = settings
        self.primary = _pool(settings, settings.target)
        self._standby = None if settings.read_from is None else _pool(settings, settings.read_from)
        self._standby_rests_until = 0.0
        self.known_tokens = KnownTokens()
        self.answers = AnswerCache(settings.cache_seconds)
        self.proofs: SharedProofs[TokenRow] = SharedProofs()
        self.refusals = Refusals(self.primary)
        self.rollups = Rollups(self.primary)
        self.stopping = asyncio.Event()
        """Set when the server stops: a stream of events ends then."""

    @staticmethod
    def of(request: Request) -> Services:
        """Return the services of the worker that answers a request."""
        services: Services = request.app.state.services
        return services

    @property
    def has_standby(self) -> bool:
        """Whether a standby answers what only reads."""
        return self._standby is not None

    async def open(self) -> None:
        """Start the pools."""
        await self.primary.open()
        if self._standby is not None:
            await self._standby.open()

    async def close(self) -> None:
        """Record what is still to be recorded, and close the pools."""
        self.stopping.set()
        await self.answers.close()
        await self.refusals.close()
        await self.rollups.close()
        await self.primary.close()
        if self._standby is not None:
            await self._standby.close()

    @asynccontextmanager
    async def connection(self, *, may_be_behind: bool = False) -> AsyncIterator[AsyncDatabase]:
        """Lend a connection to the primary; or to the standby, where there is one and it can be reached.

        Args:
            may_be_behind: whether an answer from a standby will do.

        Raises:
            NoConnectionError: there is none.
        """
        if may_be_behind and self._standby is not None and time.monotonic() >= self._standby_rests_until:
            try:
                lender = self._standby.connection()
                database = await lender.__aenter__()
            except NoConnectionError:
                self.rest_standby()
            else:
                try:
                    yield database
                finally:
                    await lender.__aexit__(None, None, None)
                return
        async with self.primary.connection() as database:
            yield database

    def rest_standby(self) -> None:
        """Leave the standby alone for a while: it does not answer."""
        self._standby_rests_until = time.monotonic() + _STANDBY_REST_SECONDS


def _pool(settings: ServeSettings, target: ConnectionTarget) -> DatabasePool:
    return DatabasePool(
        target,
        size=settings.pool_size,
        application_name=_APPLICATION,
        longest_seconds=settings.statement_timeout_seconds + _GRACE_SECONDS,
    )
