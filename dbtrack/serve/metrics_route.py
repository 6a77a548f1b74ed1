"""`GET /metrics`: what Prometheus reads, of what the token may see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from dbtrack import metrics
from dbtrack.errors import DbtrackError
from dbtrack.metrics import Family, Sample, Scope
from dbtrack.serve.cached_answers import CachedAnswer, Question, cached_answer, wants_fresh
from dbtrack.serve.identity import Acting, Credentials, credentials_of, limit_scrapes
from dbtrack.serve.services import Services

# Prometheus gives up after ten seconds, and then knows nothing at all.
_LONGEST_SECONDS = 8.0
_MOST_LABELS = 1000
_CACHE = "dbtrack_cache_requests"

router = APIRouter()
# Tasks that were given up and have not ended: nothing else would keep them.
_given_up: set[asyncio.Task[CachedAnswer | None]] = set()

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
    media_type = metrics.content_type(request.headers.get("Accept"))
    scope = Scope(most_tenants, most_types)
    collecting = _collect(services, credentials, scope, media_type, fresh=wants_fresh(request))
    answer = await _in_time(collecting)
    if answer is None:
        answer = CachedAnswer(metrics.exposition(metrics.down(None), media_type=media_type))
    return Response(answer.body, headers={"Content-Type": media_type, **answer.headers})


async def _collect(
    services: Services, credentials: Credentials, scope: Scope, media_type: str, *, fresh: bool
) -> CachedAnswer | None:
    """Return the metrics as text; None if the database does not answer."""
    started = time.monotonic()

    async def read(transaction: Acting) -> tuple[bytes, None]:
        rows = await transaction.database.call(
            "get_metrics", p_most_tenants=scope.most_tenants, p_most_types=scope.most_types
        )
        families = metrics.answered(rows, time.monotonic() - started, None)
        if transaction.identity.tenants is None and transaction.identity.tenant is None:
            families.append(_cache_family(services))
        return metrics.exposition(families, media_type=media_type), None

    # A scrape does not use up what clients may ask for.
    question = Question(("/metrics", scope, media_type), read, limit=limit_scrapes)
    try:
        return await cached_answer(services, credentials, question, fresh=fresh)
    except DbtrackError:
        return None


def _cache_family(services: Services) -> Family:
    counts = services.settings.cache_counts.all()
    samples = [
        Sample(f"{_CACHE}_total", {"result": outcome.name.lower()}, count)
        for outcome, count in counts.items()
    ]
    return Family(_CACHE, "counter", "Requests for reports and metrics, by how they were answered.", samples)


async def _in_time(collecting: Coroutine[Any, Any, CachedAnswer | None]) -> CachedAnswer | None:
    """Return the metrics; None if they take too long.

    A database that hangs does not end what was given up either, so nobody waits for that.
    """
    task = asyncio.create_task(collecting)
    done, _ = await asyncio.wait({task}, timeout=_LONGEST_SECONDS)
    if done:
        return task.result()
    _given_up.add(task)
    task.add_done_callback(_given_up.discard)
    task.cancel()
    return None
