"""The last events that were delivered to an endpoint, in a file outside of the database.

After an asynchronous failover the database does not know what it lost. This file does.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.events.event import Event
from dbtrack.files import PRIVATE, replacing
from dbtrack.sql_files import query

_MOST_IDS = 1000
_MOST_LINES = 4 * _MOST_IDS
_LINE = re.compile(r"([0-9a-f]{64}-[0-9]{1,18}) ([0-9]{1,18}) ([0-9a-f]{64})\n")


def memory_path(database: Database, endpoint: str) -> Path:
    """Return the file of an endpoint, in `$DBTRACK_STATE/endpoints` or the user's state directory.

    A failover does not change it, as it would change an address.
    """
    place = database.value(query("events/place"), {"name": endpoint})
    chosen = os.environ.get("DBTRACK_STATE")
    base = Path(chosen).expanduser() if chosen else platformdirs.user_state_path("dbtrack")
    return base / "endpoints" / f"{place}-{endpoint}"


class DeliveredMemory:
    """The last 1000 delivered events of one endpoint; one line each: id, running number, chain.

    Args:
        path: the file; it is created with its directory.

    Raises:
        DbtrackError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: deque[tuple[str, int, str]] = deque(maxlen=_MOST_IDS)
        self._count = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text("ascii", "replace") if path.exists() else ""
        except OSError as error:
            raise _refused(path, error) from error
        for line in text.splitlines(keepends=True):
            self._count += 1
            # A crash may have cut the last line.
            if matched := _LINE.fullmatch(line):
                self._lines.append((matched[1], int(matched[2]), matched[3]))
        if text and not text.endswith("\n"):
            # Or the next line would be spoiled too. If it cannot be written, the first delivery reports it.
            self._count = _MOST_LINES

    def add(self, events: Sequence[Event]) -> None:
        """Remember events that were delivered, in their order.

        Raises:
            DbtrackError: the file cannot be written.
        """
        self._lines.extend((event.id, event.number, event.chain) for event in events)
        self._count += len(events)
        try:
            if self._count > _MOST_LINES:
                self._rewrite()
                return
            with self._path.open("a", encoding="ascii") as stream:
                stream.writelines(f"{event.id} {event.number} {event.chain}\n" for event in events)
        except OSError as error:
            raise _refused(self._path, error) from error

    def ids(self) -> list[str]:
        """Return the ids, the oldest first."""
        return [event_id for event_id, _, _ in self._lines]

    def ids_after(self, number: int, chain: str) -> list[str]:
        """Return the ids that were delivered after an event, each once; none if that event is not remembered.

        Args:
            number: the event's running number; 0: before the first one.
            chain: its chain in hexadecimal: it differs in the file of an earlier endpoint with the same name.
        """
        lines = list(self._lines)
        starts = [at + 1 for at, (_, known, of_it) in enumerate(lines) if (known, of_it) == (number, chain)]
        if number == 0:
            starts = [0]
        behind = lines[starts[-1] :] if starts else []
        return list(dict.fromkeys(event_id for event_id, known, _ in behind if known > number))

    @property
    def number(self) -> int:
        """The running number of the last one; 0 without one."""
        return self._lines[-1][1] if self._lines else 0

    @property
    def chain(self) -> str:
        """Its chain, in hexadecimal; empty without one."""
        return self._lines[-1][2] if self._lines else ""

    def _rewrite(self) -> None:
        with replacing(self._path, mode=PRIVATE) as stream:
            for event_id, number, chain in self._lines:
                stream.write(f"{event_id} {number} {chain}\n".encode("ascii"))
        self._count = len(self._lines)


def _refused(path: Path, error: OSError) -> DbtrackError:
    return DbtrackError(
        f"cannot keep the delivered events in {path}: {error.strerror}",
        hint="set DBTRACK_STATE to a directory that dbtrack may write to",
    )
