"""A worker in a process of its own, to be killed: it delivers each event by appending one line to a file.

Run as `python -m tests.support.event_worker CONNINFO FILE MEMORY`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.events import DeliveredMemory, Event, EventCursor

_MOST_EVENTS = 20


def deliver(event: Event, file: int) -> None:
    """Append one line; the process may be killed before or after it, never within."""
    os.write(file, f"{event.number} {event.id} {event.chain}\n".encode())


def _work(conninfo: str, file: int, memory: Path) -> None:
    with Database.connect(resolve_target(ConnectionOptions(dbname=conninfo), {})) as database:
        cursor = EventCursor(database, "receiver", lease_seconds=1, memory=DeliveredMemory(memory))
        while True:
            batch = cursor.claim(_MOST_EVENTS)
            for event in batch:
                deliver(event, file)
            if batch:
                cursor.acknowledge(batch[-1])
            time.sleep(0.01)


def main(conninfo: str, path: str, memory: str) -> None:
    """Deliver for ever; the database may go and come back."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    while True:
        try:
            _work(conninfo, file, Path(memory))
        except DbtrackError:
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
