"""Pauses of commands that wait for somebody else."""

from __future__ import annotations

import time

from dbtrack.errors import DbtrackError
from dbtrack.terminal import messages

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0


class Waits:
    """Pauses while what a command sends to or reads from is away, reported once.

    Args:
        again: what to say when it continues.
    """

    def __init__(self, again: str) -> None:
        self._again = again
        self._seconds = _FIRST_PAUSE_SECONDS
        self._is_waiting = False

    def wait(self, error: DbtrackError) -> None:
        """Pause, twice as long each time."""
        if not self._is_waiting:
            messages.warn(f"{error.message}; trying again until it succeeds")
        self._is_waiting = True
        time.sleep(self._seconds)
        self._seconds = min(2 * self._seconds, _LONGEST_PAUSE_SECONDS)

    def over(self) -> None:
        """Note that it is there again."""
        if self._is_waiting:
            messages.warn(self._again)
        self._is_waiting = False
        self._seconds = _FIRST_PAUSE_SECONDS
