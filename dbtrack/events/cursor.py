"""The cursor of one endpoint: claim events, send them, acknowledge them.

What is new is the difference of two snapshots, in the order of version_number; see
docs/decisions/0017-event-cursor.md.
"""

from __future__ import annotations

import json
import os
import socket
from time import monotonic, sleep

from dbtrack.db import Database, Row
from dbtrack.errors import LeaseLostError, StandbyBehindError
from dbtrack.events.delivered_memory import DeliveredMemory
from dbtrack.events.event import Event
from dbtrack.sql_files import query

_STANDBY_POLL_SECONDS = 0.02


def this_worker() -> str:
    """Return how leases name this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


class EventCursor:
    """Reads the events of an endpoint, for the worker that has its lease.

    The connection must be in autocommit mode and outside a transaction: an event may be sent only once
    its claim is committed.

    Args:
        database: a connection of an administrator to the primary server.
        endpoint: the endpoint's name.
        lease_seconds: for how long no other worker gets it; each claim and acknowledgement extends it.
        memory: where the last ids are kept outside the database, to tell what a failover lost; None: nowhere.
        after_standby: seconds to wait for a standby to have the events on disk before they are returned;
            None: do not wait.
    """

    def __init__(
        self,
        database: Database,
        endpoint: str,
        *,
        lease_seconds: int = 30,
        memory: DeliveredMemory | None = None,
        after_standby: float | None = None,
    ) -> None:
        self._database = database
        self._endpoint = endpoint
        self._seconds = lease_seconds
        self._memory = memory
        self._after_standby = after_standby
        self._is_default_isolation = True
        self._lease: int | None = None
        self._claimed: list[Event] = []

    def claim(self, limit: int = 200) -> list[Event]:
        """Return the next events in order, at most so many; an empty list if there are none.

        Until they are acknowledged, each claim returns the same events again, with the same ids and numbers.

        Raises:
            LeaseLostError: another worker has the endpoint.
            StandbyBehindError: no standby had the events on disk in time.
            EndpointHeldError: it is paused, or the database is a copy of the one that it belongs to.
            UsageError: there is no such endpoint.
        """
        if self._lease is None:
            self._take_lease()
        while True:
            rows = self._call(
                "claim_events",
                p_name=self._endpoint,
                p_lease=self._lease,
                p_seconds=self._seconds,
                p_most_events=limit,
            )
            if not rows or rows[-1][1] is not None:
                break
        if rows and self._after_standby is not None:
            self._wait_for_standby(self._after_standby)
        self._claimed = [_event(row) for row in rows]
        return list(self._claimed)

    def acknowledge(self, event: Event) -> None:
        """Note that this event, and every one before it, is delivered.

        Raises:
            LeaseLostError: another worker has taken the endpoint over, and delivers them again; or another
                server has taken over, and a new cursor continues there.
            DbtrackError: the memory could not be written; the acknowledgement is made.
        """
        # The memory first: the server may fail now. If the memory fails, the event is still delivered.
        try:
            self._remember(event)
        finally:
            self._call(
                "acknowledge_events",
                p_name=self._endpoint,
                p_lease=self._lease,
                p_seconds=self._seconds,
                p_position=event.position,
            )

    def release(self) -> None:
        """Give the lease back, so that another worker need not wait for its end."""
        if self._lease is not None:
            self._call("release_endpoint", p_name=self._endpoint, p_lease=self._lease)
            self._lease = None

    def continue_over(self, database: Database) -> None:
        """Continue over another connection, after the first one was lost.

        The lease is given back over it, so that this worker does not wait for its own. The next claim takes a
        new one, and notices if the database has failed over meanwhile.
        """
        self._database = database
        self.release()

    def _call(self, function: str, /, **arguments: object) -> list[Row]:
        """Call a function of the cursor in a transaction of its own, at READ COMMITTED."""
        if self._is_default_isolation:
            return self._database.call(function, **arguments)
        # With a database's default of SERIALIZABLE, no event could be claimed.
        with self._database.transaction():
            self._database.execute(query("events/isolation"))
            return self._database.call(function, **arguments)

    def _remember(self, event: Event) -> None:
        delivered = [claimed for claimed in self._claimed if claimed.number <= event.number]
        self._claimed = self._claimed[len(delivered) :]
        if self._memory is not None:
            self._memory.add(delivered)

    def _take_lease(self) -> None:
        self._is_default_isolation = bool(self._database.value(query("events/default_isolation")))
        ((lease, is_new_timeline),) = self._call(
            "lease_endpoint", p_name=self._endpoint, p_seconds=self._seconds, p_worker=this_worker()
        )
        if lease is None:
            raise LeaseLostError(
                f'another worker has endpoint "{self._endpoint}"',
                hint="if that worker is gone, wait until its lease ends",
            )
        self._lease = int(lease)
        self._note_timeline(is_new=is_new_timeline)

    def _note_timeline(self, *, is_new: bool) -> None:
        # Only what is outside of the database remembers what a failover lost. An event is lost only
        # together with its acknowledgement, which was written later.
        memory = self._memory
        ids: list[str] = []
        if memory is not None:
            ((number, chain),) = self._database.rows(
                query("events/last_acknowledged"), {"name": self._endpoint}
            )
            ids = memory.ids_after(number, chain)
        lost = [str(row[0]) for row in self._call("lost_events", p_event_ids=ids)] if ids else []
        # An old copy of the files that is started as it is has the timeline of the server that it replaces.
        if not (is_new or lost):
            return
        # Without a loss the same events come again, with the numbers that they had.
        continued = memory if lost else None
        self._call(
            "note_timeline",
            p_name=self._endpoint,
            p_lease=self._lease,
            p_sent_count=continued.number if continued else 0,
            p_event_chain=bytes.fromhex(continued.chain) if continued else b"",
            p_lost=lost,
        )

    def _wait_for_standby(self, seconds: float) -> None:
        until = monotonic() + seconds
        position = self._database.value(query("events/flushed_position"))
        while not self._database.value(query("events/standby_has"), {"position": position}):
            if monotonic() > until:
                raise StandbyBehindError(
                    f"no standby had the log up to {position} within {seconds:g} s, so nothing was sent",
                    hint="the events are sent when a standby has them; reading its position needs pg_monitor",
                )
            sleep(_STANDBY_POLL_SECONDS)


def _event(row: Row) -> Event:
    number, event_id, event_type, time, subject, tenant, data, chain, position = row
    return Event(
        number=number,
        id=event_id,
        type=event_type,
        time=time,
        subject=subject,
        tenant=tenant,
        data=data,
        chain=bytes(chain).hex(),
        position=json.dumps(position),
    )
