"""How often answers were given again, over all workers of one server."""

from __future__ import annotations

import mmap
import struct
from enum import IntEnum
from multiprocessing import get_context

_COUNT = struct.Struct("=q")


class Outcome(IntEnum):
    """How a request for a report was answered."""

    HIT = 0
    """With an answer that was read before."""
    JOINED = 1
    """With the answer to another request, which was being read."""
    MISS = 2
    """By reading the database."""


class CacheCounts:
    """Counts in memory that processes forked from this one share."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, len(Outcome) * _COUNT.size)
        self._lock = get_context("fork").Lock()

    def add(self, outcome: Outcome) -> None:
        """Count a request."""
        with self._lock:
            count = _COUNT.unpack_from(self._memory, outcome * _COUNT.size)[0]
            _COUNT.pack_into(self._memory, outcome * _COUNT.size, count + 1)

    def all(self) -> dict[Outcome, int]:
        """Return the requests since the server started."""
        with self._lock:
            return {each: _COUNT.unpack_from(self._memory, each * _COUNT.size)[0] for each in Outcome}
