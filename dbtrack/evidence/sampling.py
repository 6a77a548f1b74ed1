"""A sample that anybody can draw again: of all keys those with the smallest SHA-256 of seed and key."""

from __future__ import annotations

import hashlib
import heapq

from dbtrack.evidence.model import Change


def rank(seed: str, key: bytes) -> bytes:
    """Return by what a key is ordered: SHA-256 of the seed, a colon and the key in hexadecimal."""
    return hashlib.sha256(f"{seed}:{key.hex()}".encode()).digest()


class Sampler:
    """Keeps the changes of the sample while the population passes by."""

    def __init__(self, size: int, seed: str) -> None:
        self.size = size
        self.seed = seed
        # A heap has its smallest at the root; the largest of the sample is what a smaller one replaces.
        self._kept: list[tuple[int, int, Change]] = []
        self._seen = 0

    def add(self, change: Change) -> None:
        """Look at one change of the population."""
        self._seen += 1
        if not self.size:
            return
        entry = (-int.from_bytes(rank(self.seed, change.key)), self._seen, change)
        if len(self._kept) < self.size:
            heapq.heappush(self._kept, entry)
        elif entry > self._kept[0]:
            heapq.heapreplace(self._kept, entry)

    def drawn(self) -> list[Change]:
        """Return the sample in order of time."""
        return sorted((entry[2] for entry in self._kept), key=lambda change: (change.occurred_at, change.key))
