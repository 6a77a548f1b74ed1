"""The tokens with which programs call the API."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import UsageError
from dbtrack.periods import seconds_of
from dbtrack.tenants.platform_source import sync_quietly

TOKEN_COLUMNS = (
    Column("token_name", Kind.IDENTIFIER, "Token"),
    Column("token_id", Kind.IDENTIFIER, "Id", help="what the token begins with, after dbt_", rank=2),
    Column("token_scope", Kind.IDENTIFIER, "Scope"),
    Column("tenants", Kind.LIST, "Tenants", help="those that it reaches; null: everything"),
    Column("requests_per_minute", Kind.COUNT, "Rate", help="requests a minute; null: the server's default"),
    Column("created_at", Kind.TIME, "Made", rank=1),
    Column("created_by", Kind.IDENTIFIER, "By", rank=3),
    Column("expires_at", Kind.TIME, "Expires", help="null: never"),
    Column("token_status", Kind.STATUS, "Status", help="VALID, EXPIRED or REVOKED"),
)

_RATE = re.compile(r"(\d{1,7})(?:/(s|sec|second|m|min|minute|h|hour))?")
_PER_MINUTE = {"s": 60.0, "m": 1.0, "h": 1 / 60}


def create_token(
    database: Database,
    name: str,
    *,
    scope: str,
    tenants: Sequence[str] = (),
    valid_seconds: int | None = None,
    requests_per_minute: int | None = None,
) -> str:
    """Create a token and return it; it cannot be retrieved again.

    Args:
        scope: read, write or admin.
        tenants: those that it reaches, by business key or hash key; empty for everything.
        valid_seconds: for how long it is valid; None for ever.
        requests_per_minute: its limit; None for the server's.

    Raises:
        UsageError: there is such a token already, there is no such tenant, or a value is out of range.
    """
    if tenants:
        sync_quietly(database)
    return str(
        database.call_value(
            "create_api_token",
            p_name=name,
            p_scope=scope,
            p_tenants=list(tenants) or None,
            p_valid_seconds=valid_seconds,
            p_requests_per_minute=requests_per_minute,
        )
    )


def list_tokens(database: Database) -> list[Row]:
    """Return all tokens, without their secrets, in the columns of `TOKEN_COLUMNS`."""
    return database.call("list_api_tokens")


def revoke_token(database: Database, name: str) -> None:
    """End a token at once.

    Raises:
        UsageError: there is no such token.
    """
    database.call("revoke_api_token", p_name=name)


def parse_period(text: str) -> int | None:
    """Return the seconds of a period: 30m, 12h, 90d, 4w, 1y; None for `never`.

    Raises:
        UsageError: it is not a period.
    """
    if text.strip().lower() == "never":
        return None
    seconds = seconds_of(text.strip().lower(), "mhdwy", most_digits=6)
    if seconds is None:
        raise UsageError(f"--expires needs a period, not {text!r}", hint="30m, 12h, 90d, 4w, 1y or never")
    return seconds


def parse_rate(text: str) -> int:
    """Return the requests a minute of a rate: 600, 600/min, 10/s, 3000/h.

    Raises:
        UsageError: it is not a rate, or less than one request a minute.
    """
    match = _RATE.fullmatch(text.strip().lower())
    rate = round(int(match[1]) * _PER_MINUTE[(match[2] or "m")[0]]) if match else 0
    if rate < 1:
        raise UsageError(f"--rate needs requests a minute, not {text!r}", hint="600, 600/min, 10/s or 3000/h")
    return rate
