"""Prove the tenant of a transaction by a MAC that is valid only in that transaction."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from dbtrack.errors import UsageError

_KEY = re.compile(r"([a-z0-9_-]{1,63})\.([0-9]{1,9})\.([0-9a-f]{64})")
_HASH_KEY = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class TenantKey:
    """A service's key; repr() shows only its name and version."""

    name: str
    version: int
    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> TenantKey:
        """Parse a key as `dbtrack tenant key create` prints it: NAME.VERSION.HEX.

        Raises:
            UsageError: it is not a key; the message does not contain it.
        """
        match = _KEY.fullmatch(text.strip())
        if match is None:
            raise UsageError("this is not a tenant key", hint="make one with: dbtrack tenant key create NAME")
        return cls(match[1], int(match[2]), bytes.fromhex(match[3]))

    def token(self, tenant_hk: bytes, challenge: str) -> str:
        """Return the proof for a tenant's hash key (32 bytes) in the transaction with this challenge."""
        mac = hmac.new(self.secret, tenant_hk + challenge.encode("ascii"), hashlib.sha256)
        return f"{self.name}.{self.version}.{tenant_hk.hex()}.{mac.hexdigest()}"


def tenant_hash_key(tenant: str | bytes) -> bytes:
    """Return a tenant's hash key, 32 bytes, from itself, its 64 hex digits, or a business key."""
    if isinstance(tenant, bytes):
        return tenant
    if _HASH_KEY.fullmatch(tenant):
        return bytes.fromhex(tenant)
    return hashlib.sha256(tenant.encode()).digest()
