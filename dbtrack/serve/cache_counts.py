"""How often answers were given again, over all workers of one server."""

from __future__ import annotations

import struct
from enum import IntEnum

from dbtrack.serve.shared_slots import SharedSlots

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
        self._slots = SharedSlots(_COUNT, len(Outcome))

    def add(self, outcome: Outcome) -> None:
        """Count a request."""
        with self._slots.lock:
            self._slots.write(outcome, self._slots.read(outcome)[0] + 1)

    def all(self) -> dict[Outcome, int]:
        """Return the requests since the server started."""
        with self._slots.lock:
            return {each: self._slots.read(each)[0] for each in Outcome}
