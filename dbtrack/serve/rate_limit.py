"""Limit the requests of each token, over all workers of one server."""

from __future__ import annotations

import struct
import time

from dbtrack.serve.shared_slots import SharedSlots

_SLOTS = 4096
_SLOT = struct.Struct("<6sxxd")  # a token's id, and the time until which its allowance is used up
_SECONDS = 60.0


class RateLimiter:
    """Counts in memory that processes forked from this one share.

    A token may send the requests of a minute at once, and then continues at its rate (the generic cell rate
    algorithm, ITU-T I.371). Several servers count each for themselves.
    """

    def __init__(self) -> None:
        self._slots = SharedSlots(_SLOT, _SLOTS)

    def wait_seconds(self, token_id: str, requests_per_minute: int) -> float:
        """Count a request; return 0 if it is within the limit, else the seconds after which the next one is.

        Args:
            token_id: 12 hexadecimal digits.
            requests_per_minute: the token's limit.
        """
        key = bytes.fromhex(token_id)
        now = time.monotonic()
        with self._slots.lock:
            slot = self._slot_of(key, now)
            stored, used_until = self._slots.read(slot)
            busy_until = max(used_until, now) if stored == key else now
            wait = busy_until + _SECONDS / requests_per_minute - now - _SECONDS
            if wait > 1e-9:
                return float(wait)
            self._slots.write(slot, key, busy_until + _SECONDS / requests_per_minute)
        return 0.0

    def _slot_of(self, key: bytes, now: float) -> int:
        """Return the token's slot; the first free or idle one where it has none."""
        first = int.from_bytes(key) % _SLOTS
        free: int | None = None
        for step in range(64):
            slot = (first + step) % _SLOTS
            stored, used_until = self._slots.read(slot)
            if stored == key:
                return slot
            if free is None and used_until <= now:
                free = slot
        return first if free is None else free
