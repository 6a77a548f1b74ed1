"""Events are acknowledged once they are confirmed, whatever fails in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dbtrack.errors import DbtrackError, EndpointHeldError, LeaseLostError, StandbyBehindError
from dbtrack.events.event import Event
from dbtrack.stream import publish as module
from dbtrack.stream.message import Message
from dbtrack.stream.publish import BATCH_EVENTS, Delivered, Publication, publish
from dbtrack.stream.sink import BrokerAwayError
from tests.support.published import ListCursor, event, events_of


class MemorySink:
    """Keeps what it is sent; fails as it is told to."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.received: list[str] = []
        self.closed = 0
        self.waits = 0

    def open(self) -> None:
        self._fail()

    def send(self, messages: Sequence[Message]) -> None:
        self._fail()
        self.received += [message.id for message in messages]

    def wait(self, _seconds: float) -> None:
        self.waits += 1
        # Nobody else ends a stream that waits for events.
        raise KeyboardInterrupt

    def close(self) -> None:
        self.closed += 1

    def _fail(self) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure


def encode(of: Event) -> Message | None:
    return None if of.type == "left.out" else Message(of.id, of.time, "k", (), b"{}")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.0)


def run(cursor: Any, sink: Any, *, once: bool = True) -> tuple[Delivered, list[str]]:
    said: list[str] = []
    delivered = Delivered()
    try:
        publish(cursor, Publication(sink, encode, once, said.append, delivered))
    except KeyboardInterrupt:
        assert not once
    return delivered, said


def test_everything_is_delivered_in_batches_and_acknowledged() -> None:
    events = events_of(2 * BATCH_EVENTS + 1)
    cursor, sink = ListCursor(events), MemorySink()
    delivered, said = run(cursor, sink)
    assert sink.received == [item.id for item in events]
    assert (cursor.acknowledged, delivered.events, said) == (len(events), len(events), [])
    assert (cursor.released, sink.closed) == (1, 1)


def test_nothing_is_acknowledged_that_was_not_confirmed() -> None:
    cursor, sink = ListCursor(events_of(300)), MemorySink(None, None, BrokerAwayError("gone"))
    with pytest.raises(BrokerAwayError):
        run(cursor, sink)
    assert cursor.acknowledged == len(sink.received) == BATCH_EVENTS
    assert (cursor.released, sink.closed) == (1, 1)


def test_an_outage_is_reported_once_and_the_same_events_come_again() -> None:
    away = [BrokerAwayError(f"gone {number}") for number in range(4)]
    cursor, sink = ListCursor(events_of(3)), MemorySink(None, *away)
    _, said = run(cursor, sink, once=False)
    assert said == ["gone 0; trying again until it succeeds", "delivering again"]
    assert (len(sink.received), cursor.acknowledged) == (3, 3)


def test_a_stream_starts_before_its_broker() -> None:
    cursor, sink = ListCursor(events_of(3)), MemorySink(BrokerAwayError("not yet"))
    _, said = run(cursor, sink, once=False)
    assert said == ["not yet; trying again until it succeeds", "delivering again"]
    assert len(sink.received) == 3


def test_a_refused_message_ends_it() -> None:
    cursor, sink = ListCursor(events_of(3)), MemorySink(None, DbtrackError("too large"))
    with pytest.raises(DbtrackError, match="too large"):
        run(cursor, sink, once=False)
    assert cursor.acknowledged == 0


@pytest.mark.parametrize(
    "error", [LeaseLostError("another worker"), EndpointHeldError("paused"), StandbyBehindError("no standby")]
)
def test_another_worker_a_pause_and_a_standby_are_waited_for(error: Exception) -> None:
    class Refused(ListCursor):
        refusals = 2

        def claim(self, limit: int = 200) -> list[Event]:
            self.refusals -= 1
            if self.refusals >= 0:
                raise error
            return super().claim(limit)

    class Patient(MemorySink):
        def wait(self, seconds: float) -> None:
            if self.received:
                super().wait(seconds)

    cursor, sink = Refused(events_of(2)), Patient()
    _, said = run(cursor, sink, once=False)
    assert said == [f"{error}; trying again until it succeeds", "delivering again"]
    assert (len(sink.received), cursor.released) == (2, 3)
    with pytest.raises(type(error)):
        run(Refused([]), MemorySink())


def test_an_event_without_a_form_is_passed() -> None:
    cursor, sink = ListCursor([event(1, kind="left.out"), event(2), event(3, kind="left.out")]), MemorySink()
    delivered, _ = run(cursor, sink)
    assert (delivered.events, delivered.left_out, cursor.acknowledged) == (1, 2, 3)
    assert sink.received == [event(2).id]
