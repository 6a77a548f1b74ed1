"""`GET /metrics`: what Prometheus reads, of what the token may see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from dbtrack import metrics
from dbtrack.errors import DbtrackError
from dbtrack.metrics import Family, Scope
from dbtrack.serve.identity import Credentials, acting, credentials_of, limit_scrapes
from dbtrack.serve.services import Services

# Prometheus gives up after ten seconds, and then knows nothing at all.
_LONGEST_SECONDS = 8.0
_MOST_LABELS = 1000

router = APIRouter()
# Tasks that were given up and have not ended: nothing else would keep them.
_given_up: set[asyncio.Task[list[Family]]] = set()

Most = Annotated[int, Query(ge=0, le=_MOST_LABELS)]


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, most_tenants: Most = 20, most_types: Most = 20) -> Response:
    """Answer with the metrics in the format that the header `Accept` asks for.

    Without the database, the answer is `dbtrack_up 0`.
    """
    services = Services.of(request)
    credentials = credentials_of(request)
    # It also advances the counters, so that a scrape stays cheap.
    services.rollups.advance_soon()
    families = await _in_time(_collect(services, credentials, Scope(most_tenants, most_types)))
    media_type = metrics.content_type(request.headers.get("Accept"))
    text = metrics.exposition(families, media_type=media_type)
    return Response(text, headers={"Content-Type": media_type})


async def _collect(services: Services, credentials: Credentials, scope: Scope) -> list[Family]:
    started = time.monotonic()
    try:
        # A scrape does not use up what clients may ask for.
        async with acting(services, credentials, counts=False) as transaction:
            limit_scrapes(services, transaction.identity)
            rows = await transaction.database.call(
                "get_metrics", p_most_tenants=scope.most_tenants, p_most_types=scope.most_types
            )
    except DbtrackError:
        return metrics.down(None)
    return metrics.answered(rows, time.monotonic() - started, None)


async def _in_time(collecting: Coroutine[Any, Any, list[Family]]) -> list[Family]:
    """Return the metrics; if they take too long, those of a database that is down.

    A database that hangs does not end what was given up either, so nobody waits for that.
    """
    task = asyncio.create_task(collecting)
    done, _ = await asyncio.wait({task}, timeout=_LONGEST_SECONDS)
    if done:
        return task.result()
    _given_up.add(task)
    task.add_done_callback(_given_up.discard)
    task.cancel()
    return metrics.down(None)
