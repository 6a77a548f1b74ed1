"""Deliver the events of an endpoint until there are no more, or for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dbtrack.errors import DbtrackError, EndpointHeldError, LeaseLostError, StandbyBehindError
from dbtrack.events.event import Event
from dbtrack.stream.message import Encoder, Message
from dbtrack.stream.sink import BrokerAwayError, Sink

BATCH_EVENTS = 200

_POLL_SECONDS = 0.2
_HELD_SECONDS = 2.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_MAY_PASS = (BrokerAwayError, LeaseLostError, StandbyBehindError, EndpointHeldError)


class Cursor(Protocol):
    """What a stream needs of `dbtrack.events.EventCursor`."""

    def claim(self, limit: int = ...) -> list[Event]:
        """Return the next events, in order."""

    def acknowledge(self, event: Event) -> None:
        """Note that everything up to this event is delivered."""

    def release(self) -> None:
        """Give the lease back."""


@dataclass
class Delivered:
    """What a stream has delivered.

    Args:
        events: that the destination confirmed.
        left_out: for which the format has no message.
    """

    events: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Publication:
    """What is published where.

    Args:
        encode: makes the message of an event.
        once: end when there are no more events; else wait for them.
        warn: writes one line to the user.
        delivered: counts what was delivered.
    """

    sink: Sink
    encode: Encoder
    once: bool
    warn: Callable[[str], None]
    delivered: Delivered


def publish(cursor: Cursor, publication: Publication) -> None:
    """Deliver the events of an endpoint in order; acknowledge them once the destination has confirmed them.

    While the destination is away, another worker has the endpoint, or it is paused, nothing is acknowledged.
    This is reported once. The lease is given back at the end, however it ends.

    Args:
        cursor: of the endpoint. After it raised NoConnectionError, this can be called again once it has
            another connection.
        publication: what is published where. Its sink is closed at the end.

    Raises:
        BrokerAwayError: the destination is away, and `once` was asked for.
        BrokerRefusalError: the destination refuses the login.
        NoConnectionError: the database is away.
        LockedError: another worker has the endpoint, and `once` was asked for.
        DbtrackError: the destination refused a message, or the endpoint is paused and `once` was asked for.
    """
    worker = _Worker(cursor, publication)
    try:
        worker.run()
    finally:
        publication.sink.close()
        worker.release()


class _Worker:
    """Deliveries, and the pauses between those that cannot succeed."""

    def __init__(self, cursor: Cursor, publication: Publication) -> None:
        self._cursor = cursor
        self._publication = publication
        self._waits_for: str | None = None
        self._pause_seconds = _FIRST_PAUSE_SECONDS

    def run(self) -> None:
        """Deliver until nothing is left, or for ever."""
        # A mistake in the settings of the destination is reported at once, and not with the first event.
        self._attempt(self._open)
        while self._attempt(self._step):
            pass

    def release(self) -> None:
        """Give the lease back."""
        try:
            self._cursor.release()
        except DbtrackError:
            return  # the database is away, or another worker has the lease: it ends by itself

    def _open(self) -> bool:
        self._publication.sink.open()
        return True

    def _step(self) -> bool:
        """Deliver the next events, or wait for some; return whether there is more to do."""
        events = self._cursor.claim(BATCH_EVENTS)
        if events:
            self._deliver(events)
        elif self._publication.once:
            return False
        else:
            self._publication.sink.wait(_POLL_SECONDS)
        return True

    def _deliver(self, events: Sequence[Event]) -> None:
        encoded = (self._publication.encode(event) for event in events)
        messages = [message for message in encoded if message is not None]
        if messages:
            self._publication.sink.send(messages)
        self._cursor.acknowledge(events[-1])
        self._count(messages, events)

    def _count(self, messages: Sequence[Message], events: Sequence[Event]) -> None:
        self._publication.delivered.events += len(messages)
        self._publication.delivered.left_out += len(events) - len(messages)
        if self._waits_for is not None:
            self._publication.warn("delivering again")
        self._waits_for = None
        self._pause_seconds = _FIRST_PAUSE_SECONDS

    def _attempt(self, action: Callable[[], bool]) -> bool:
        """Do something; after a failure that may pass, give the lease back, wait, and return True."""
        try:
            return action()
        except _MAY_PASS as error:
            if self._publication.once:
                raise
            self._wait(error)
            return True

    def _wait(self, error: DbtrackError) -> None:
        # A broker names the server that it tried last: one outage has many such reasons.
        kind = type(error).__name__
        if self._waits_for != kind:
            self._publication.warn(f"{error.message}; trying again until it succeeds")
        self._waits_for = kind
        # Another worker may reach the destination. A lost lease is asked for again at the next claim.
        self.release()
        if isinstance(error, BrokerAwayError):
            time.sleep(self._pause_seconds)
            self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)
        else:
            self._publication.sink.wait(_HELD_SECONDS)
