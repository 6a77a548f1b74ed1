"""A log file that a provider hands out in portions, each with a marker for the next one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dbtrack.ingest.providers.provided import Place, is_quiet
from dbtrack.ingest.store import RECENT_BYTES


@dataclass(frozen=True)
class Portion:
    """A part of a file.

    Args:
        next_marker: where the next portion begins.
        is_last: whether there is no more at present.
    """

    data: bytes
    next_marker: str
    is_last: bool


@dataclass(frozen=True)
class ListedFile:
    """A file as the provider lists it.

    Args:
        size: in bytes or kilobytes; compared only with itself.
    """

    name: str
    size: int
    written: datetime | None

    @property
    def state(self) -> list[object]:
        """A JSON value that changes whenever the file does."""
        return [self.size, self.written.isoformat() if self.written else None]


class PortionStream:
    """As `ProvidedStream`, of a file in portions.

    Args:
        first_marker: of the beginning of the file.
        fetch: return the portion at a marker.
    """

    begins_at_since = False

    def __init__(self, file: ListedFile, first_marker: str, fetch: Callable[[str], Portion]) -> None:
        self._file = file
        self._fetch = fetch
        self._first = (0, first_marker)
        self._use([self._first])

    def _use(self, marks: list[tuple[int, str]]) -> None:
        # Where the known portions begin; the last one is the next to fetch.
        self._marks = marks
        self._rest = b""
        self._position, self._next = marks[0]
        self._end: int | None = None

    def begin(self, place: Place | None) -> int:
        """As `ProvidedStream.begin`."""
        self._use([(int(place["offset"]), str(place["marker"])) if place else self._first])
        return self._position

    def begin_again(self) -> int:
        """As `ProvidedStream.begin_again`: at the beginning of the file."""
        return self.begin(None)

    def is_unchanged(self, place: Place) -> bool:
        """As `ProvidedStream.is_unchanged`."""
        return place.get("whole") == self._file.state

    @property
    def is_complete(self) -> bool:
        """As `ProvidedStream.is_complete`."""
        return is_quiet(self._file.written)

    def place_before(self, offset: int) -> Place | None:
        """As `ProvidedStream.place_before`."""
        # `read_before` compares what stands before the position.
        index = bisect_right(self._marks, offset - RECENT_BYTES, key=lambda mark: mark[0]) - 1
        start, marker = self._marks[max(index, 0)]
        if start > offset:
            return None
        place: dict[str, object] = {"offset": start, "marker": marker}
        if offset == self._end and self.is_complete:
            place["whole"] = self._file.state
        return place

    def seek(self, offset: int, /) -> None:
        """As `ProvidedStream.seek`."""
        index = bisect_right(self._marks, offset, key=lambda mark: mark[0]) - 1
        self._position, self._next = self._marks[max(index, 0)]
        self._rest = b""
        while self._position < offset and self.read(offset - self._position):
            pass

    def read(self, size: int, /) -> bytes:
        """As `ProvidedStream.read`."""
        while not self._rest:
            if self._position == self._end:
                return b""
            start, marker = self._position, self._next
            portion = self._fetch(marker)
            self._rest, self._next = portion.data, portion.next_marker
            end = start + len(portion.data)
            if end > self._marks[-1][0]:
                self._marks.append((end, portion.next_marker))
            if portion.is_last:
                self._end = end
            if not portion.data and (portion.is_last or portion.next_marker == marker):
                return b""
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._position += len(piece)
        return piece
