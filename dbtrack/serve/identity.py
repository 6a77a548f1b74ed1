"""Who asks: a token becomes an identity, and a transaction that sees what the token reaches."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from math import ceil
from typing import TYPE_CHECKING

from dbtrack.db import Row
from dbtrack.db.async_database import AsyncDatabase
from dbtrack.errors import NoConnectionError
from dbtrack.serve.known_tokens import TokenRow
from dbtrack.serve.problems import ApiError, ErrorCode, forbidden, invalid, unauthorized
from dbtrack.serve.queries import query
from dbtrack.serve.refusals import Refusal
from dbtrack.serve.services import Services

if TYPE_CHECKING:
    from starlette.requests import Request

TENANT_HEADER = "X-Tenant-ID"
_TOKEN = re.compile(r"dbt_([0-9a-f]{12})_([0-9a-f]{64})")
_LONGEST_TENANT = 100
_ATTEMPTS = 3
# To begin a transaction waits for nothing in the database: a connection that is silent for so long is lost.
_BEGIN_SECONDS = 5.0
# Some Prometheus servers that ask every few seconds.
_LEAST_SCRAPES = 60
_ALL = "all"
_NOTHING_SHOWN = "this needs a token: Authorization: Bearer TOKEN (dbtrack token create)"
_NOT_VALID = "the token is unknown, expired or revoked"


class Scope(IntEnum):
    """What a token may do; each includes the ones before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True)
class Credentials:
    """What a request shows.

    Args:
        token_id: the part of the token that is not secret; all zeros where it has no token.
        key: SHA-256 of the token's secret: the database has it too.
        tenant: what X-Tenant-ID names; None without it.
        client: the client's address.
        request: method and path, for the access record.
    """

    token_id: str
    key: bytes = field(repr=False)
    tenant: str | None
    client: str
    request: str

    @property
    def fingerprint(self) -> tuple[str, bytes, str | None]:
        """What distinguishes requests by who asks for whom: the token, a hash of its key, the tenant."""
        return self.token_id, hashlib.sha256(self.key).digest(), self.tenant

    def proof(self, subject: bytes, part: str, challenge: str) -> str:
        """Return the proof of the token in the transaction with this challenge."""
        mac = hmac.new(self.key, subject + challenge.encode("ascii"), hashlib.sha256)
        return f"{self.token_id}.0.{part}.{mac.hexdigest()}"


@dataclass(frozen=True)
class Identity:
    """Who asks, as the database has confirmed it.

    Args:
        tenants: the business keys of the tenants that the token reaches; None for all and the platform.
        tenant: the business key or hash key that the request chose, or the token's only tenant; None for all
            that the token reaches.
        tenant_hk: that tenant's hash key.
        requests_per_minute: the token's own limit; None for the server's.
    """

    token_id: str
    token_name: str
    scope: Scope
    tenants: tuple[str, ...] | None
    tenant: str | None
    tenant_hk: bytes | None
    requests_per_minute: int | None


@dataclass(frozen=True)
class Acting:
    """A transaction in which the database shows what an identity may see, and nothing else.

    Args:
        token: what the database said of the token.
    """

    identity: Identity
    database: AsyncDatabase
    token: TokenRow


def credentials_of(request: Request, token: str | None = None) -> Credentials:
    """Return the credentials of a request.

    Args:
        request: its headers are read.
        token: a token from elsewhere than the header `Authorization`: a page's cookie.

    Raises:
        ApiError: there is no token, or the tenant cannot be the name of one.
    """
    services = Services.of(request)
    tenant = request.headers.get(TENANT_HEADER)
    client = request.client.host if request.client else ""
    name = f"{request.method} {request.url.path}"
    given = _bearer(request) or token
    if given is None:
        services.refusals.note(Refusal(name, tenant, client))
        raise unauthorized(_NOTHING_SHOWN)
    if tenant is not None and not (0 < len(tenant) <= _LONGEST_TENANT and tenant.isprintable()):
        raise invalid(f"{TENANT_HEADER} is not the name of a tenant", 400)
    match = _TOKEN.fullmatch(given)
    # Something else than a token is treated like one that nobody has, so that the time shows no difference.
    token_id, secret = match.groups() if match else ("0" * 12, "0" * 64)
    return Credentials(token_id, hashlib.sha256(bytes.fromhex(secret)).digest(), tenant, client, name)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


@asynccontextmanager
async def acting(
    services: Services,
    credentials: Credentials,
    *,
    needs: Scope = Scope.READ,
    writes: bool = False,
    may_be_behind: bool = True,
    counts: bool = True,
) -> AsyncIterator[Acting]:
    """Open a transaction as the holder of a token; it commits at the end, and rolls back on an exception.

    Args:
        needs: the scope that the token must have.
        writes: whether the block writes: then it runs on the primary, for one tenant.
        may_be_behind: whether a standby may answer, where there is one.
        counts: count the request against the token's limit.

    Raises:
        ApiError: the token is invalid, may not do this, or has sent too many requests.
        DbtrackError: the database cannot be reached, or raised an error.
    """
    on_standby = may_be_behind and not writes and services.has_standby
    if on_standby:
        async with _proven(services, credentials, may_be_behind=True) as proven:
            if proven is not None:
                yield await _admitted(services, credentials, proven, needs, writes=False, counts=counts)
                await _commit(proven)
                return
    # A token that was created a moment ago is not on the standby yet.
    async with _proven(services, credentials, may_be_behind=False) as proven:
        if proven is None:
            _note(services, credentials)
            raise unauthorized(_NOT_VALID)
        yield await _admitted(services, credentials, proven, needs, writes=writes, counts=counts)
        await _commit(proven)


async def check_usable(services: Services) -> None:
    """Go the way of every request, with a token that nobody has.

    Raises:
        DbtrackError: the database cannot be reached, or dbtrack is not there or not usable by the login.
    """
    nobody = Credentials("0" * 12, bytes(32), None, "", "")
    async with _proven(services, nobody, may_be_behind=False):
        pass


async def record(
    services: Services, credentials: Credentials, statement: str, values: Mapping[str, object]
) -> list[Row]:
    """Record by a query of sql/queries/serve, in two messages to the database where `acting` needs four.

    The query checks the proof, and records only if it is valid. What `acting` checks between the two is
    checked before both here, by what the database said of the token when this worker first proved it.

    Args:
        statement: its text; it takes `proof`, `client` and `timeout`, and commits.
        values: its other parameters.

    Raises:
        ApiError: as `acting`.
        DbtrackError: as `acting`.
    """
    rows = await _recorded(services, credentials, statement, values, counts=True)
    if not rows:
        # The token is new to this worker, or refused: this says why.
        async with acting(services, credentials, needs=Scope.WRITE, writes=True):
            pass
        rows = await _recorded(services, credentials, statement, values, counts=False)
    if not rows:
        _note(services, credentials)
        raise unauthorized(_NOT_VALID)
    return rows


async def _recorded(
    services: Services,
    credentials: Credentials,
    statement: str,
    values: Mapping[str, object],
    *,
    counts: bool,
) -> list[Row]:
    """Record for a token that this worker knows; no rows: it does not, or the token is refused."""
    token = services.known_tokens.find(credentials.token_id, credentials.key, credentials.tenant)
    if token is None:
        return []
    identity = identity_of(token, credentials.tenant)
    try:
        _check(identity, credentials, Scope.WRITE, writes=True)
        if counts:
            _count(services, identity)
    except ApiError:
        # Only who proves the token to the database learns why.
        return []
    subject = None if credentials.tenant is None else identity.tenant_hk
    async with _begun(services, may_be_behind=False) as (database, challenge):
        proof = credentials.proof(subject or _ALL.encode(), subject.hex() if subject else _ALL, challenge)
        mine = {"proof": proof, "client": credentials.client, "timeout": services.settings.statement_timeout}
        try:
            rows = await database.send(statement, {**values, **mine})
        finally:
            # Also where the answer was lost: it may be recorded.
            services.settings.writes.note(identity.tenant_hk)
    if not rows:
        services.known_tokens.forget(credentials.token_id, credentials.tenant)
    return rows


@dataclass(frozen=True)
class _Proven:
    """A transaction that has proved the token, with what the database says of it."""

    database: AsyncDatabase
    challenge: str
    token: TokenRow


@asynccontextmanager
async def _proven(
    services: Services, credentials: Credentials, *, may_be_behind: bool
) -> AsyncIterator[_Proven | None]:
    """Begin a transaction and prove the token; None if the database does not know it."""
    async with _begun(services, may_be_behind=may_be_behind) as (database, challenge):
        tokens = await database.call(
            "act_as_token",
            p_proof=credentials.proof(_ALL.encode(), _ALL, challenge),
            p_client=credentials.client,
            p_statement_timeout=services.settings.statement_timeout,
            p_tenant=credentials.tenant,
        )
        yield _Proven(database, challenge, TokenRow(*tokens[0])) if tokens else None


@asynccontextmanager
async def _begun(services: Services, *, may_be_behind: bool) -> AsyncIterator[tuple[AsyncDatabase, str]]:
    """Lend a connection on which a transaction has begun, and its challenge.

    A connection may have been lost since it was used last. Nothing was sent yet, so another is tried.
    """
    values = {"timeout": services.settings.statement_timeout}
    for attempt in range(_ATTEMPTS):
        async with services.connection(may_be_behind=may_be_behind) as database:
            try:
                [[challenge, _]] = await database.send(
                    query("serve/challenge"), values, within=_BEGIN_SECONDS
                )
            except NoConnectionError:
                if may_be_behind:
                    services.rest_standby()
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            yield database, str(challenge)
            return


async def _commit(proven: _Proven) -> None:
    await proven.database.rows("COMMIT")


async def _admitted(
    services: Services,
    credentials: Credentials,
    proven: _Proven,
    needs: Scope,
    *,
    writes: bool,
    counts: bool,
) -> Acting:
    """Check that the token may do this, and act for the tenant that the request names."""
    identity = identity_of(proven.token, credentials.tenant)
    try:
        if counts:
            _count(services, identity)
        _check(identity, credentials, needs, writes=writes)
        if credentials.tenant is not None:
            await _prove_tenant(credentials, proven, identity)
    except ApiError:
        _note(services, credentials, identity.token_name)
        raise
    services.known_tokens.remember(credentials.key, credentials.tenant, proven.token)
    return Acting(identity, proven.database, proven.token)


def identity_of(token: TokenRow, tenant: str | None) -> Identity:
    """Return who asks.

    Args:
        token: what the database said of the token.
        tenant: what the request names in X-Tenant-ID.
    """
    tenants = None if token.tenants is None else tuple(token.tenants)
    only = tenants[0] if tenants is not None and len(tenants) == 1 else None
    return Identity(
        token_id=token.token_id,
        token_name=token.token_name,
        scope=Scope[token.token_scope.upper()],
        tenants=tenants,
        tenant=only if tenant is None else tenant,
        tenant_hk=token.tenant_hk if tenant is None else token.asked_hk,
        requests_per_minute=token.requests_per_minute,
    )


def limit_scrapes(services: Services, identity: Identity) -> None:
    """Count a scrape of the metrics apart from the token's other requests, against the server's limit.

    Raises:
        ApiError: there were too many.
    """
    # Another id than the token's, so that neither uses up what is left for the other.
    name = hashlib.sha256(f"metrics {identity.token_id}".encode()).hexdigest()[: len(identity.token_id)]
    _limit(services, name, max(services.settings.requests_per_minute, _LEAST_SCRAPES))


def count_request(services: Services, credentials: Credentials, identity: Identity) -> None:
    """Count a request against the token's limit, and note it if it is refused.

    Raises:
        ApiError: there were too many.
    """
    try:
        _count(services, identity)
    except ApiError:
        _note(services, credentials, identity.token_name)
        raise


def _count(services: Services, identity: Identity) -> None:
    _limit(
        services,
        identity.token_id,
        identity.requests_per_minute or services.settings.requests_per_minute,
    )


def _limit(services: Services, name: str, rate: int) -> None:
    wait = services.settings.limiter.wait_seconds(name, rate)
    if wait:
        seconds = str(ceil(wait))
        raise ApiError(
            429,
            ErrorCode.RATE_LIMITED,
            f"the token may send {rate} requests a minute; try again in {seconds} s",
            {"Retry-After": seconds},
        )


def _check(identity: Identity, credentials: Credentials, needs: Scope, *, writes: bool) -> None:
    if identity.scope < needs:
        raise forbidden(
            f"the token {identity.token_name} has the scope {identity.scope.name.lower()}; "
            f"this needs {needs.name.lower()}"
        )
    if credentials.tenant is not None and identity.tenant_hk is None:
        # A tenant that does not exist gets the same answer, so that nobody learns which tenants exist.
        raise forbidden(f"{TENANT_HEADER} is not a tenant of the token {identity.token_name}")
    if writes and identity.tenants is not None and identity.tenant is None:
        raise invalid(
            f"the token {identity.token_name} has several tenants: name one of them in {TENANT_HEADER}", 400
        )


async def _prove_tenant(credentials: Credentials, proven: _Proven, identity: Identity) -> None:
    subject = identity.tenant_hk or b""
    proof = credentials.proof(subject, subject.hex(), proven.challenge)
    if await proven.database.value(query("serve/set_proof"), {"proof": proof}) != subject:
        raise forbidden(f"{TENANT_HEADER} is not a tenant of the token {identity.token_name}")


def _note(services: Services, credentials: Credentials, name: str | None = None) -> None:
    source = f"{name or credentials.token_id} {credentials.client}"
    services.refusals.note(Refusal(credentials.request, credentials.tenant, source))
