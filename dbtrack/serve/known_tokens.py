"""Tokens that the database has confirmed to this worker, so that it knows what to expect of them."""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

_MOST = 1000


class TokenRow(NamedTuple):
    """The columns of the SQL function `act_as_token`."""

    token_id: str
    token_name: str
    token_scope: str
    requests_per_minute: int | None
    tenant_hk: bytes | None
    tenants: list[str] | None
    asked_hk: bytes | None


class KnownTokens:
    """What the database said of tokens. It allows nothing: each request is proven to the database again."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str | None], tuple[bytes, TokenRow]] = {}

    def remember(self, key: bytes, tenant: str | None, row: TokenRow) -> None:
        """Keep what the database said.

        Args:
            key: SHA-256 of the token's secret; only its hash is kept.
            tenant: the tenant that the request named.
            row: the database's answer.
        """
        if len(self._rows) >= _MOST:
            self._rows.clear()
        self._rows[row.token_id, tenant] = hashlib.sha256(key).digest(), row

    def find(self, token_id: str, key: bytes, tenant: str | None) -> TokenRow | None:
        """Return what the database said of this token when a request named this tenant; None if it is new."""
        known = self._rows.get((token_id, tenant))
        if known is None or not hmac.compare_digest(known[0], hashlib.sha256(key).digest()):
            return None
        return known[1]

    def forget(self, token_id: str, tenant: str | None) -> None:
        """Forget a token that the database does not confirm any more."""
        self._rows.pop((token_id, tenant), None)
