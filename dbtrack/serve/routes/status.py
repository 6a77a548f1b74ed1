"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from dbtrack.errors import DbtrackError
from dbtrack.serve.answers import success
from dbtrack.serve.identity import check_usable
from dbtrack.serve.problems import from_dbtrack, unavailable
from dbtrack.serve.routes import schemas
from dbtrack.serve.services import Services
from dbtrack.version import __version__

_STATUS: schemas.Schema = {
    "type": "object",
    "required": ["version"],
    "properties": {"version": {"type": "string"}, "database": {"const": "up"}},
}


def status_router() -> APIRouter:
    """Return the routes for load balancers; they need no token and tell nothing of the record."""
    router = APIRouter(tags=["Status"])
    router.add_api_route(
        "/status",
        ready,
        methods=["GET"],
        summary="Whether requests can be answered: 200, or 503 without the database or dbtrack in it.",
        response_class=Response,
        responses=schemas.responses(_STATUS),
    )
    router.add_api_route(
        "/status/live",
        live,
        methods=["GET"],
        summary="Whether the server runs: always 200.",
        response_class=Response,
        responses=schemas.responses(_STATUS),
    )
    return router


async def ready(request: Request) -> Response:
    """Ask the primary, as every request with a token does."""
    try:
        await check_usable(Services.of(request))
    except DbtrackError as error:
        # Whatever it is: a load balancer should send requests elsewhere.
        raise unavailable(from_dbtrack(error).message) from error
    return success("ready", {"version": __version__, "database": "up"})


async def live(_request: Request) -> Response:
    """Answer without the database or dbtrack in it."""
    return success("alive", {"version": __version__})
