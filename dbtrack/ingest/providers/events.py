"""A log that a provider keeps as events, which it returns in the order of their times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dbtrack.ingest.providers.provided import Place, is_quiet

LATE = timedelta(minutes=5)
"""How much later than its time an event may arrive and still be found: so much is read again."""


@dataclass(frozen=True)
class LogEvent:
    """One event.

    Args:
        text: lines of the log, with their line ends.
    """

    time: datetime
    text: bytes


class EventStream:
    """As `ProvidedStream`, of events.

    Args:
        fetch: return the events from a time on, in the order of their times; None: all.
        since: where the user wants to begin.
    """

    begins_at_since = True

    def __init__(
        self, fetch: Callable[[datetime | None], Iterator[LogEvent]], since: datetime | None
    ) -> None:
        self._fetch = fetch
        self._since = since
        self.begin(None)

    def begin(self, place: Place | None) -> int:
        """As `ProvidedStream.begin`."""
        time = datetime.fromisoformat(place["time"]) if place else None
        began = datetime.fromisoformat(place["began"]) if place and place["began"] else None
        if place is None or self._wants_other(began, time):
            self._start, self._time, self._began = 0, self._since, self._since
        else:
            self._start, self._time, self._began = int(place["offset"]), time, began
        self._restart()
        return self._start

    def begin_again(self) -> int:
        """As `ProvidedStream.begin_again`: events that arrived late stand between those that were read."""
        self._restart()
        return self._start

    def _wants_other(self, began: datetime | None, time: datetime | None) -> bool:
        """Return whether --since names a time that was left out before, or is to be left out now."""
        if self._since is None:
            return False
        return (began is not None and self._since < began) or (time is not None and self._since > time + LATE)

    def is_unchanged(self, _place: Place) -> bool:
        """As `ProvidedStream.is_unchanged`: an event can follow at any time."""
        return False

    @property
    def is_complete(self) -> bool:
        """As `ProvidedStream.is_complete`."""
        return is_quiet(self._last)

    def _restart(self) -> None:
        self._events = self._fetch(self._time)
        self._position = self._start
        self._rest = b""
        self._last: datetime | None = None
        # The first events of each second, with the offsets at which they begin and end.
        self._seconds: deque[tuple[datetime, int]] = deque()
        self._end = self._start

    def seek(self, offset: int, /) -> None:
        """As `ProvidedStream.seek`; going back asks the provider again."""
        if offset < self._position:
            self._restart()
        while self._position < offset and self.read(offset - self._position):
            pass

    def read(self, size: int, /) -> bytes:
        """As `ProvidedStream.read`."""
        while not self._rest:
            event = next(self._events, None)
            if event is None:
                return b""
            second = event.time.replace(microsecond=0)
            if not self._seconds or self._seconds[-1][0] < second:
                self._seconds.append((second, self._end))
            self._end += len(event.text)
            self._rest, self._last = event.text, event.time
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._position += len(piece)
        return piece

    def place_before(self, offset: int) -> Place | None:
        """As `ProvidedStream.place_before`."""
        read = [time for time, start in self._seconds if start < offset]
        if not read:
            return None
        time = read[-1] - LATE
        if self._time is not None:
            time = max(time, self._time)
        while self._seconds[0][0] < time.replace(microsecond=0):
            self._seconds.popleft()
        return {
            "offset": self._seconds[0][1],
            "time": time.isoformat(),
            "began": self._began.isoformat() if self._began else None,
        }
