"""Say each trouble once when it begins and once when it is over, whichever threads notice it."""

from __future__ import annotations

import threading

from dbtrack.terminal.messages import Say


class Incidents:
    """What goes wrong at the moment.

    Args:
        has_summary: the end of the run reports why events were not delivered.
    """

    def __init__(self, say: Say, *, has_summary: bool = False) -> None:
        self._say = say
        self._has_summary = has_summary
        self._lock = threading.Lock()
        self._open: set[str] = set()

    def begin(self, about: str, text: str, *, in_summary: bool = False) -> None:
        """Say what is wrong, unless it was said since it began.

        Args:
            in_summary: the summary of the run says it, where there is one.
        """
        with self._lock:
            if about in self._open or (in_summary and self._has_summary):
                return
            self._open.add(about)
        self.say(text)

    def end(self, about: str, text: str) -> None:
        """Say that it is over, if it had begun."""
        with self._lock:
            if about not in self._open:
                return
            self._open.discard(about)
        self.say(text)

    def say(self, text: str) -> None:
        """Say what is an incident by itself."""
        self._say(f"dbtrack: {text}")
