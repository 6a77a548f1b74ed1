"""What the API has recorded for whom, so that no earlier answer is given again to who can see it."""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Iterable

from dbtrack.serve.known_tokens import TokenRow
from dbtrack.serve.shared_slots import SharedSlots

_SLOTS = 4096
_SLOT = struct.Struct("=qd")  # the number of the last write, and when it was
_EVERYBODY = 0
# Until then a standby may not have it yet.
_RECENT_SECONDS = 10.0


def reach_of(token: TokenRow, tenant: str | None) -> tuple[bytes, ...] | None:
    """Return the hash keys of the tenants that a request sees; None for all and the platform.

    Args:
        token: what the database said of the request's token.
        tenant: what the request named in X-Tenant-ID.
    """
    if tenant is not None:
        return () if token.asked_hk is None else (token.asked_hk,)
    if token.tenants is None:
        return None
    return tuple(hashlib.sha256(name.encode()).digest() for name in token.tenants)


class Writes:
    """Numbers the writes, in memory that processes forked from this one share.

    Tenants whose hash keys agree in their last digits share a slot: then a write makes answers stale that are
    not.
    """

    def __init__(self) -> None:
        self._slots = SharedSlots(_SLOT, _SLOTS + 1)

    def note(self, tenant_hk: bytes | None) -> None:
        """Number a write; its transaction has ended, and nobody has been told yet.

        Args:
            tenant_hk: the tenant that it was for; None for the platform.
        """
        with self._slots.lock:
            number = self._slots.read(_EVERYBODY)[0] + 1
            for slot in {_EVERYBODY, _EVERYBODY if tenant_hk is None else _slot(tenant_hk)}:
                self._slots.write(slot, number, time.monotonic())

    @property
    def count(self) -> int:
        """The number of the last write for anybody."""
        with self._slots.lock:
            number: int = self._slots.read(_EVERYBODY)[0]
        return number

    def last(self, reach: Iterable[bytes] | None) -> int:
        """Return the number of the last write that these tenants see; 0 without one."""
        return max((number for number, _ in self._read(reach)), default=0)

    def is_recent(self, reach: Iterable[bytes] | None) -> bool:
        """Return whether the last write was so short a time ago that a standby may not have it."""
        after = time.monotonic() - _RECENT_SECONDS
        return any(number and at > after for number, at in self._read(reach))

    def _read(self, reach: Iterable[bytes] | None) -> list[tuple[int, float]]:
        slots = [_EVERYBODY] if reach is None else [_slot(tenant_hk) for tenant_hk in reach]
        with self._slots.lock:
            return [(number, at) for number, at in map(self._slots.read, slots)]


def _slot(tenant_hk: bytes) -> int:
    return 1 + int.from_bytes(tenant_hk[-4:]) % _SLOTS
