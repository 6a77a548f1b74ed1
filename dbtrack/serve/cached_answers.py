"""Answer a request with what another one has just read, if the database says that both may see the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dbtrack.errors import DbtrackError, LockedError, NoConnectionError
from dbtrack.serve.answer_cache import Flight, ReadAnswer
from dbtrack.serve.cache_counts import Outcome
from dbtrack.serve.identity import Acting, Credentials, Identity, Scope, acting, count_request, identity_of
from dbtrack.serve.known_tokens import TokenRow
from dbtrack.serve.problems import ApiError
from dbtrack.serve.services import Services
from dbtrack.serve.writes import reach_of

if TYPE_CHECKING:
    from starlette.requests import Request

Limit = Callable[[Services, Identity], None]


@dataclass(frozen=True)
class Question:
    """What is asked for.

    Args:
        words: everything that decides the answer, beside who asks.
        read: reads the answer in a transaction that has proved the token; returns its body, and the arguments
            of `record_access` if the database recorded that somebody reads it.
        needs: the scope that the token must have.
        limit: counts a request apart from the token's others; None to count it with them.
    """

    words: Hashable
    read: Callable[[Acting], Awaitable[tuple[bytes, Mapping[str, object] | None]]]
    needs: Scope = Scope.READ
    limit: Limit | None = None


@dataclass(frozen=True)
class CachedAnswer:
    """The body of an answer, and how old it may be; None if it was read for this request."""

    body: bytes
    age_seconds: float | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The header that says how old it is."""
        return {} if self.age_seconds is None else {"Age": str(int(self.age_seconds))}


def wants_fresh(request: Request) -> bool:
    """Return whether the request wants no earlier answer: `Cache-Control: no-cache` (RFC 9111, 5.2.1.4)."""
    wishes = request.headers.get("Cache-Control", "").lower().split(",")
    return any(wish.strip() in ("no-cache", "no-store", "max-age=0") for wish in wishes)


async def cached_answer(
    services: Services, credentials: Credentials, question: Question, *, fresh: bool = False
) -> CachedAnswer:
    """Return the answer to a question: a recent one, or that of a request that is being answered, or read it.

    The token is proven to the database for this request in any case, in a transaction that begins after it.

    Args:
        fresh: read it, whatever is there.

    Raises:
        ApiError: the token is invalid, may not do this, or has sent too many requests.
        DbtrackError: the database cannot be reached, or raised an error.
    """
    if not services.settings.cache_seconds:
        return CachedAnswer((await _read(services, credentials, question)).body)
    key = (credentials.fingerprint, question.words)
    writes = services.settings.writes.count
    # At most twice: a reading that begins from now on has everything that was written before this request.
    while not fresh and (flight := services.answers.find(key)) is not None:
        outcome = Outcome.JOINED if flight.ended is None else Outcome.HIT
        answer = await _landed(flight)
        if answer is not None and flight.writes < min(_written(services, credentials, answer), writes):
            services.answers.drop(key, flight)
            continue
        if answer is not None and await _is_confirmed(services, credentials, question, answer):
            services.settings.cache_counts.add(outcome)
            return CachedAnswer(answer.body, flight.age_seconds)
        # It failed for that request, or the token is not what it was: this one is answered by itself.
        services.settings.cache_counts.add(Outcome.MISS)
        return CachedAnswer((await _read(services, credentials, question)).body)
    services.settings.cache_counts.add(Outcome.MISS)
    reading = partial(_read, services, credentials, question)
    flight = services.answers.start(key, reading, services.settings.writes.count)
    return CachedAnswer((await asyncio.shield(flight.task)).body)


async def _landed(flight: Flight) -> ReadAnswer | None:
    """Return what another request reads; None if it fails for a reason of its own.

    Raises:
        DbtrackError: the database cannot be reached or is in trouble. It is not asked again by everybody.
    """
    try:
        return await asyncio.shield(flight.task)
    except (NoConnectionError, LockedError):
        raise
    except (ApiError, DbtrackError):
        return None


def _written(services: Services, credentials: Credentials, answer: ReadAnswer) -> int:
    return services.settings.writes.last(reach_of(answer.token, credentials.tenant))


async def _is_confirmed(
    services: Services, credentials: Credentials, question: Question, answer: ReadAnswer
) -> bool:
    """Prove the token again; return whether the database says of it what it said when the answer was read.

    Where the database recorded that somebody read the answer, this records that somebody reads it again.

    Raises:
        ApiError: the token is not valid any more, or has sent too many requests.
    """
    if answer.access is None:
        token = await services.proofs.prove(
            credentials.fingerprint, partial(_proven_token, services, credentials)
        )
        if token == answer.token:
            _count(services, credentials, question, token)
        return token == answer.token
    async with acting(services, credentials, counts=False) as transaction:
        if transaction.token != answer.token:
            return False
        _count(services, credentials, question, transaction.token)
        await transaction.database.call("record_access", **answer.access)
    return True


def _count(services: Services, credentials: Credentials, question: Question, token: TokenRow) -> None:
    identity = identity_of(token, credentials.tenant)
    if question.limit is None:
        count_request(services, credentials, identity)
    else:
        question.limit(services, identity)


async def _proven_token(services: Services, credentials: Credentials) -> TokenRow:
    async with acting(services, credentials, counts=False) as transaction:
        return transaction.token


async def _read(services: Services, credentials: Credentials, question: Question) -> ReadAnswer:
    """Read the answer in a transaction of its own; on the standby where there is one that can have it."""
    known = services.known_tokens.find(credentials.token_id, credentials.key, credentials.tenant)
    reach = None if known is None else reach_of(known, credentials.tenant)
    async with acting(
        services,
        credentials,
        needs=question.needs,
        counts=question.limit is None,
        may_be_behind=not services.has_standby or not services.settings.writes.is_recent(reach),
    ) as transaction:
        if question.limit is not None:
            question.limit(services, transaction.identity)
        body, access = await question.read(transaction)
    return ReadAnswer(transaction.token, body, access)
