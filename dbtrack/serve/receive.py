"""The application of `dbtrack vault receive`: it hands what sources push to the functions of the vault.

The token of a source goes to the database with each body; nothing is decided here. The bodies are not parsed.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dbtrack.db.pool import DatabasePool
from dbtrack.errors import DbtrackError
from dbtrack.serve.answers import failure, success
from dbtrack.serve.guard import Guard
from dbtrack.serve.problems import ApiError, from_dbtrack, invalid, unauthorized
from dbtrack.serve.settings import ServeSettings
from dbtrack.vault.receiver import Step, query_of
from dbtrack.version import __version__

MOST_BODY_BYTES = 32 * 1024 * 1024
_MOST_UNPACKED_BYTES = 256 * 1024 * 1024
_APPLICATION = "dbtrack vault receive"


def create_receiver(settings: ServeSettings) -> Starlette:
    """Return the application of one worker; its lifespan opens and closes the pool."""
    pool = DatabasePool(
        settings.target,
        size=settings.pool_size,
        application_name=_APPLICATION,
        longest_seconds=settings.request_timeout_seconds,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await pool.open()
        yield
        await pool.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/status/live", _live, methods=["GET"]),
            *(Route(f"/vault/v1/{step}", _receiver(pool, step), methods=["POST"]) for step in Step),
        ],
        exception_handlers={ApiError: _answer_api_error},
    )
    app.add_middleware(Guard, settings=settings)
    return app


def _receiver(pool: DatabasePool, step: Step) -> Any:
    async def receive(request: Request) -> Response:
        token = _token(request)
        body = await _body(request)
        try:
            async with pool.connection() as database:
                row = await database.row(query_of(step), {"token": token, "body": body})
        except DbtrackError as error:
            raise from_dbtrack(error) from error
        return success("received", list(row or ()))

    return receive


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("Authorization: Bearer TOKEN is missing")
    return token.strip()


async def _body(request: Request) -> str:
    body = await request.body()
    try:
        if request.headers.get("content-encoding", "").lower() == "gzip":
            body = _unpacked(body)
        return body.decode()
    except (UnicodeDecodeError, zlib.error) as error:
        raise invalid("the body is not JSON in UTF-8", 400) from error


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = unpacker.decompress(body, _MOST_UNPACKED_BYTES)
    if not unpacker.eof:
        raise invalid(f"the body is not whole, or has more than {_MOST_UNPACKED_BYTES} bytes", 413)
    return unpacked


async def _live(_request: Request) -> Response:
    return success("alive", {"version": __version__})


async def _answer_api_error(_request: Request, error: Any) -> Response:
    return failure(error)
