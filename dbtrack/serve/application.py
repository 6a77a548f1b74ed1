"""The application that `dbtrack serve` runs: routes, errors, headers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from dbtrack.errors import DbtrackError
from dbtrack.serve import metrics_route, pages
from dbtrack.serve.answers import failure
from dbtrack.serve.guard import Guard
from dbtrack.serve.problems import ApiError, ErrorCode, from_dbtrack, invalid
from dbtrack.serve.routes.executions import execution_router
from dbtrack.serve.routes.operations import operation_router
from dbtrack.serve.routes.outbox import outbox_router
from dbtrack.serve.routes.reports import report_router
from dbtrack.serve.routes.status import status_router
from dbtrack.serve.services import Services
from dbtrack.serve.settings import ServeSettings
from dbtrack.version import __version__

PREFIX = "/api/v1/tracking"
_ABOUT = """Record and report what was done to a PostgreSQL database.

Every request needs a token: `Authorization: Bearer TOKEN`. `X-Tenant-ID` chooses one of the token's tenants.
"""


def create_app(settings: ServeSettings) -> FastAPI:
    """Return the application of one worker; its lifespan opens and closes the pools."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services = Services(settings)
        app.state.services = services
        await services.open()
        yield
        await services.close()

    app = FastAPI(
        title="dbtrack",
        version=__version__,
        description=_ABOUT,
        openapi_url="/api/v1/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        exception_handlers={
            ApiError: _answer_api_error,
            DbtrackError: _answer_dbtrack_error,
            RequestValidationError: _answer_validation,
            HTTPException: _answer_http_exception,
        },
    )
    for router in (operation_router(), outbox_router(), report_router(), execution_router()):
        app.include_router(router, prefix=PREFIX)
    for unprefixed in (status_router(), metrics_route.router, pages.router):
        app.include_router(unprefixed)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Tenant-ID", "traceparent"],
            expose_headers=["Retry-After"],
        )
    app.add_middleware(Guard, settings=settings)
    return app


async def _answer_api_error(_request: Request, error: Any) -> Response:
    return failure(error)


async def _answer_dbtrack_error(_request: Request, error: Any) -> Response:
    return failure(from_dbtrack(error))


async def _answer_validation(_request: Request, error: Any) -> Response:
    problems = error.errors()
    first = problems[0]
    if first["type"] == "json_invalid":
        return failure(invalid("the body is not JSON", 400))
    place = ".".join(str(part) for part in first["loc"][1:])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return failure(invalid(f"{place[:100] or 'the body'}: {first['msg'][:300]}{more}"))


async def _answer_http_exception(request: Request, error: Any) -> Response:
    if error.status_code == 404:
        message = f"there is nothing at {request.url.path[:200]}; /api/v1/openapi.json lists what there is"
        return failure(invalid(message, 404))
    if error.status_code == 405:
        answer = invalid(f"{request.method} is not possible at {request.url.path[:200]}", 405)
        return failure(ApiError(405, answer.code, answer.message, error.headers))
    code = ErrorCode.INVALID_REQUEST if error.status_code < 500 else ErrorCode.DATABASE_ERROR
    return failure(ApiError(error.status_code, code, str(error.detail), error.headers))
