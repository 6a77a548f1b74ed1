"""Events made by hand, and a cursor over them, for what publishes events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dbtrack.events.event import Event

RECORDED_AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def event(
    number: int = 1, *, kind: str = "execution.completed", subject: str = "ALTER TABLE", **data: Any
) -> Event:
    """Return an event; `data` is added to that of a DDL on public.orders."""
    details = {
        "execution": f"{number:064x}",
        "name": subject,
        "type": "DDL_AUTO",
        "status": "COMPLETED",
        "objects": ["public.orders"],
        "statement": f"ALTER TABLE orders ADD c{number} int",
        "metadata": {"object_types": ["table"]},
    }
    return Event(
        number=number,
        id=f"{number:064x}-{number}",
        type=kind,
        time=RECORDED_AT + timedelta(milliseconds=number),
        subject=subject,
        tenant=None,
        data={**details, **data},
        chain="00" * 32,
        position=str(number),
    )


def events_of(count: int, *, objects: int = 7) -> list[Event]:
    """Return events that change some tables in turn."""
    return [event(number, objects=[f"public.t{number % objects}"]) for number in range(1, count + 1)]


class ListCursor:
    """A cursor over events in memory, as `EventCursor` is one over the record."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = list(events)
        self.acknowledged = 0
        self.released = 0

    def claim(self, limit: int = 200) -> list[Event]:
        """Return the events after the acknowledged ones."""
        return self._events[self.acknowledged : self.acknowledged + limit]

    def acknowledge(self, event: Event) -> None:
        """Note that everything up to this event is delivered."""
        self.acknowledged = event.number

    def release(self) -> None:
        """Count the calls."""
        self.released += 1
