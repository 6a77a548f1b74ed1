"""What the API has recorded for whom, so that no earlier answer is given again to who can see it."""

from __future__ import annotations

import hashlib
import mmap
import struct
import time
from collections.abc import Iterable
from multiprocessing import get_context

from dbtrack.serve.known_tokens import TokenRow

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
        self._memory = mmap.mmap(-1, (_SLOTS + 1) * _SLOT.size)
        self._lock = get_context("fork").Lock()

    def note(self, tenant_hk: bytes | None) -> None:
        """Number a write; its transaction has ended, and nobody has been told yet.

        Args:
            tenant_hk: the tenant that it was for; None for the platform.
        """
        with self._lock:
            number = self._read(_EVERYBODY)[0] + 1
            for slot in {_EVERYBODY, _EVERYBODY if tenant_hk is None else _slot(tenant_hk)}:
                _SLOT.pack_into(self._memory, slot * _SLOT.size, number, time.monotonic())

    @property
    def count(self) -> int:
        """The number of the last write for anybody."""
        with self._lock:
            return self._read(_EVERYBODY)[0]

    def last(self, reach: Iterable[bytes] | None) -> int:
        """Return the number of the last write that these tenants see; 0 without one."""
        return max((number for number, _ in self._slots(reach)), default=0)

    def is_recent(self, reach: Iterable[bytes] | None) -> bool:
        """Return whether the last write was so short a time ago that a standby may not have it."""
        after = time.monotonic() - _RECENT_SECONDS
        return any(number and at > after for number, at in self._slots(reach))

    def _slots(self, reach: Iterable[bytes] | None) -> list[tuple[int, float]]:
        slots = [_EVERYBODY] if reach is None else [_slot(tenant_hk) for tenant_hk in reach]
        with self._lock:
            return [self._read(slot) for slot in slots]

    def _read(self, slot: int) -> tuple[int, float]:
        number, at = _SLOT.unpack_from(self._memory, slot * _SLOT.size)
        return number, at


def _slot(tenant_hk: bytes) -> int:
    return 1 + int.from_bytes(tenant_hk[-4:]) % _SLOTS
