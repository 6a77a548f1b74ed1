"""Read snapshots in the background, so that keys work while the server does not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace

from dbtrack.activity.snapshot import Details, Filters, Snapshot, read_details, take_snapshot
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NoConnectionError

_MOST_ROWS = 200
_RETRY_SECONDS = 1.0
Connect = Callable[[], AbstractContextManager[Database]]


@dataclass(frozen=True)
class Wanted:
    """What the screen asks for.

    Args:
        tenant: the words for a tenant; None for all.
        key: the execution whose details are wanted.
        number: grows with each request that cannot wait for the next snapshot.
    """

    filters: Filters = field(default_factory=Filters)
    tenant: str | None = None
    key: bytes | None = None
    seconds: float = 2.0
    is_paused: bool = False
    number: int = 0


@dataclass(frozen=True)
class Reading:
    """What the last attempt brought.

    Args:
        trouble: why the snapshot is older than it should be; empty if it is not.
        details: of `details_key`.
        failure: an error that ends the program: the first connection failed.
    """

    snapshot: Snapshot | None = None
    trouble: str = ""
    details: Details | None = None
    details_key: bytes | None = None
    failure: BaseException | None = None


class Reader:
    """Reads snapshots in a thread with a connection of its own, and connects again if that is lost.

    Args:
        connect: opens a connection for a block.
        changed: called in that thread after each reading.
    """

    def __init__(self, connect: Connect, wanted: Wanted, changed: Callable[[], None]) -> None:
        self._connect = connect
        self._wanted = wanted
        self._changed = changed
        self._wake = threading.Event()
        self._is_stopped = False
        self._has_connected = False
        self.reading = Reading()
        self._thread = threading.Thread(target=self._run, daemon=True, name="dbtrack-top-reader")

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present query; does not wait for a server that does not answer."""
        self._is_stopped = True
        self._wake.set()
        self._thread.join(timeout=0.5)

    def want(self, wanted: Wanted) -> None:
        """Ask for something else; it is read at once if its number is new."""
        is_urgent = wanted.number != self._wanted.number
        self._wanted = wanted
        if is_urgent:
            self._wake.set()

    def _run(self) -> None:
        while not self._is_stopped:
            try:
                with self._connect() as database:
                    self._has_connected = True
                    self._read_until_lost(database)
            except NoConnectionError as error:
                self._report(error)
                if self.reading.failure:
                    return
                self._wake.wait(_RETRY_SECONDS)
                self._wake.clear()
            except BaseException as error:  # noqa: BLE001 - the main thread raises it
                self._tell(replace(self.reading, failure=error))
                return

    def _report(self, error: NoConnectionError) -> None:
        if not self._has_connected:
            self._tell(replace(self.reading, failure=error))
        else:
            since = time.strftime("%H:%M:%S")
            self._tell(replace(self.reading, trouble=f"{error.message}; trying again ({since})"))

    def _read_until_lost(self, database: Database) -> None:
        read = -1
        while not self._is_stopped:
            self._wake.clear()
            wanted = self._wanted
            if not wanted.is_paused or wanted.number != read:
                self._read(database, wanted)
                read = wanted.number
            self._wake.wait(wanted.seconds)

    def _read(self, database: Database, wanted: Wanted) -> None:
        try:
            tenant = (
                database.call_value("resolve_tenant", tenant=wanted.tenant)
                if wanted.tenant
                else wanted.filters.tenant
            )
            filters = replace(wanted.filters, tenant=tenant)
            snapshot = take_snapshot(database, filters, limit=_MOST_ROWS)
            details = read_details(database, wanted.key) if wanted.key else None
        except NoConnectionError:
            raise
        except DbtrackError as error:
            # A statement was refused: the next one may succeed, after an upgrade or with another tenant.
            self._tell(replace(self.reading, trouble=str(error)))
        else:
            self._tell(Reading(snapshot, "", details, wanted.key))

    def _tell(self, reading: Reading) -> None:
        self.reading = reading
        with suppress(OSError, ValueError):  # the screen may be closed already
            self._changed()
