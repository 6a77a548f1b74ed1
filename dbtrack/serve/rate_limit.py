"""Limit the requests of each token, over all workers of one server."""

from __future__ import annotations

import mmap
import struct
import time
from multiprocessing import get_context

_SLOTS = 4096
_SLOT = struct.Struct("<6sxxd")  # a token's id, and the time until which its allowance is used up
_SECONDS = 60.0


class RateLimiter:
    """Counts in memory that processes forked from this one share.

    A token may send the requests of a minute at once, and then continues at its rate (the generic cell rate
    algorithm, ITU-T I.371). Several servers count each for themselves.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _SLOT.size)
        self._lock = get_context("fork").Lock()

    def wait_seconds(self, token_id: str, requests_per_minute: int) -> float:
        """Count a request; return 0 if it is within the limit, else the seconds after which the next one is.

        Args:
            token_id: 12 hexadecimal digits.
            requests_per_minute: the token's limit.
        """
        key = bytes.fromhex(token_id)
        now = time.monotonic()
        with self._lock:
            place = self._place(key, now)
            stored, used_until = _SLOT.unpack_from(self._memory, place)
            busy_until = max(used_until, now) if stored == key else now
            wait = busy_until + _SECONDS / requests_per_minute - now - _SECONDS
            if wait > 1e-9:
                return float(wait)
            _SLOT.pack_into(self._memory, place, key, busy_until + _SECONDS / requests_per_minute)
        return 0.0

    def _place(self, key: bytes, now: float) -> int:
        """Return the offset of the token's slot; the first free or idle one where it has none."""
        first = int.from_bytes(key) % _SLOTS
        free: int | None = None
        for step in range(64):
            place = (first + step) % _SLOTS * _SLOT.size
            stored, used_until = _SLOT.unpack_from(self._memory, place)
            if stored == key:
                return place
            if free is None and used_until <= now:
                free = place
        return first * _SLOT.size if free is None else free
