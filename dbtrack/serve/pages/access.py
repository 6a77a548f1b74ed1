"""Read the database as whoever looks at a page."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from dbtrack import sql_files
from dbtrack.db.async_database import AsyncDatabase
from dbtrack.errors import DbtrackError
from dbtrack.reports.search import searched_rows
from dbtrack.serve.identity import Acting, Credentials, Scope, acting, credentials_of
from dbtrack.serve.pages.live import EndedError
from dbtrack.serve.pages.reader import Row
from dbtrack.serve.pages.session import Session, cookie_name, unseal
from dbtrack.serve.problems import ApiError
from dbtrack.serve.run_report import ADMINISTRATORS_REPORTS, report_rows
from dbtrack.serve.services import Services

if TYPE_CHECKING:
    from starlette.requests import Request

_TOOK_TOO_LONG = "57014"
_STATEMENT_SECONDS = 5
_ATTEMPT_SECONDS = 3
# Whether their rows are executions, the latest first.
_SEARCHES = {"page/search_executions": True, "page/object": False}


class ActingReader:
    """A `Reader` in one transaction that has proved the reader's token."""

    def __init__(self, services: Services, transaction: Acting) -> None:
        self._services = services
        self._transaction = transaction

    @property
    def _database(self) -> AsyncDatabase:
        return self._transaction.database

    async def query(self, name: str, values: Mapping[str, object] | None = None) -> list[Row]:
        """Run a query of sql/queries/."""
        if name in _SEARCHES:
            is_newest_first = _SEARCHES[name]
            return await searched_rows(
                self._database, _query(name), values or {}, is_newest_first=is_newest_first
            )
        return await self._database.rows(_query(name), values or {})

    async def attempt(self, rows: Awaitable[list[Row]]) -> list[Row] | None:
        """Await a query that may take too long; then it is rolled back, and the result is None."""
        try:
            async with self._database.transaction():
                await self._set_timeout(_ATTEMPT_SECONDS)
                found = await rows
                await self._set_timeout(_STATEMENT_SECONDS)
        except DbtrackError as error:
            if getattr(error.__cause__, "sqlstate", None) == _TOOK_TOO_LONG:
                return None
            raise
        return found

    async def report(self, name: str, arguments: Mapping[str, object] | None = None) -> list[Row]:
        """Run a report of the registry; that somebody reads the page is recorded once, when it is opened."""
        answer = await report_rows(
            self._services, self._transaction, name, arguments or {}, records_access=False
        )
        return [tuple(row) for row in answer.rows]

    async def call(self, function: str, **arguments: object) -> list[Row]:
        """Call a function of dbtrack's schema."""
        return await self._database.call(function, **arguments)

    async def _set_timeout(self, seconds: int) -> None:
        await self.query("page/set_timeout", {"timeout": f"{seconds}s"})


def page_credentials(request: Request) -> Credentials:
    """Return the credentials in the header `Authorization`, or else in the browser's session.

    Raises:
        ApiError: there are none.
    """
    services = Services.of(request)
    session = _session_of(request, services)
    if session is None or "authorization" in request.headers:
        return credentials_of(request)
    client = request.client.host if request.client else ""
    return Credentials(session.token_id, session.key, None, client, f"{request.method} {request.url.path}")


def _session_of(request: Request, services: Services) -> Session | None:
    value = request.cookies.get(cookie_name(request))
    return None if value is None else unseal(value, services.settings.session_key, time.time())


def has_session(request: Request) -> bool:
    """Return whether the browser has signed in here."""
    return _session_of(request, Services.of(request)) is not None


async def note_access(
    services: Services, credentials: Credentials, report: str, key: str | None = None
) -> tuple[Acting, bool]:
    """Check the token, count the request, and record who looks at whose records.

    Returns:
        Who looks, and whether that was recorded: the setting access.recording decides.

    Raises:
        ApiError: the token is invalid, or has sent too many requests.
    """
    needs = Scope.ADMIN if report in ADMINISTRATORS_REPORTS else Scope.READ
    async with acting(services, credentials, needs=needs) as transaction:
        is_recorded = await transaction.database.call_value(
            "record_access", p_report_name=report, p_key=key, p_once=True
        )
        return transaction, bool(is_recorded)


@asynccontextmanager
async def reading(services: Services, credentials: Credentials) -> AsyncIterator[ActingReader]:
    """Begin a transaction in which nothing is written, and each statement takes five seconds at most.

    Raises:
        EndedError: the token has expired or was revoked.
    """
    try:
        async with acting(services, credentials, counts=False) as transaction:
            source = ActingReader(services, transaction)
            await source.query("connection/read_only", {"timeout": f"{_STATEMENT_SECONDS}s"})
            yield source
    except ApiError as error:
        if error.status in (401, 403):
            raise EndedError from error
        raise


@cache
def _query(name: str) -> str:
    return sql_files.query(name)
