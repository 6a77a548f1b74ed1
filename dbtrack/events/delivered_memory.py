"""The last events that were delivered to an endpoint, in a file outside of the database.

After an asynchronous failover the database does not know what it lost. This file does.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from pathlib import Path

import platformdirs

from dbtrack.errors import DbtrackError
from dbtrack.files import PRIVATE, replacing

_MOST_IDS = 1000
_MOST_LINES = 4 * _MOST_IDS


def memory_directory() -> Path:
    """Return where these files are: `$DBTRACK_STATE/endpoints`, or in the user's state directory."""
    chosen = os.environ.get("DBTRACK_STATE")
    base = Path(chosen).expanduser() if chosen else platformdirs.user_state_path("dbtrack")
    return base / "endpoints"


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
        for line in text.splitlines():
            # A crash may have cut the last line.
            with suppress(ValueError):
                event_id, number, chain = line.split(" ")
                self._lines.append((event_id, int(number), bytes.fromhex(chain).hex()))
            self._count += 1

    def add(self, event_id: str, number: int, chain: str) -> None:
        """Remember one event that was delivered."""
        self._lines.append((event_id, number, chain))
        self._count += 1
        try:
            if self._count > _MOST_LINES:
                self._rewrite()
                return
            with self._path.open("a", encoding="ascii") as stream:
                stream.write(f"{event_id} {number} {chain}\n")
        except OSError as error:
            raise _refused(self._path, error) from error

    def ids(self) -> list[str]:
        """Return the ids, the oldest first."""
        return [event_id for event_id, _, _ in self._lines]

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
