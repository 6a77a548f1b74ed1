"""What `dbtrack serve` was told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from dbtrack.config import ConnectionTarget
from dbtrack.serve.cache_counts import CacheCounts
from dbtrack.serve.rate_limit import RateLimiter
from dbtrack.serve.writes import Writes


@dataclass(frozen=True)
class ServeSettings:
    """The settings of one server; its workers share them.

    Args:
        target: the primary; nobody is asked for a password.
        read_from: a standby that answers GET requests; None for the primary.
        pool_size: the most connections of each worker to each of the two.
        statement_timeout_seconds: how long one statement may take.
        request_timeout_seconds: how long a request may take to arrive, and to be answered.
        most_body_bytes: the longest body of a request.
        requests_per_minute: the limit of a token that has none of its own.
        cors_origins: the origins whose scripts may read answers; none unless given.
        is_tls: whether clients speak TLS with this server itself.
        session_key: what the cookies of the page are sealed with; a new one is made when the server starts.
        cache_seconds: how long an answer is given again to the same token; 0 for not at all.
        limiter: counts requests; shared by the workers if it was made before they were, as the next two.
        writes: what was recorded for whom.
        cache_counts: how often answers were given again.
    """

    target: ConnectionTarget
    read_from: ConnectionTarget | None = None
    pool_size: int = 10
    statement_timeout_seconds: float = 30.0
    request_timeout_seconds: float = 60.0
    most_body_bytes: int = 1024 * 1024
    requests_per_minute: int = 600
    cache_seconds: float = 2.0
    cors_origins: tuple[str, ...] = ()
    is_tls: bool = False
    session_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    limiter: RateLimiter = field(default_factory=RateLimiter, repr=False)
    writes: Writes = field(default_factory=Writes, repr=False)
    cache_counts: CacheCounts = field(default_factory=CacheCounts, repr=False)

    @property
    def statement_timeout(self) -> str:
        """The longest time of a statement, as the database takes it."""
        return f"{round(self.statement_timeout_seconds * 1000)}ms"
