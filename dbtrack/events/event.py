"""One event, as it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A version of an execution, or a notice, on its way to one endpoint."""

    number: int
    """The running number of the endpoint, from 1; the same each time it is delivered."""
    id: str
    """The key in hexadecimal, a hyphen, the time in microseconds; the same for every endpoint."""
    type: str
    """For example ``execution.failed``; `SELECT script_tracking.event_types()` lists them."""
    time: datetime
    """When it was recorded."""
    subject: str
    """The script, or what a notice is about."""
    tenant: str | None
    """The tenant's name; None: the platform."""
    data: dict[str, object]
    """The details, as JSON; docs/events.md lists them."""
    chain: str
    """SHA-256 in hexadecimal over the chain of the event before and this id; a fork changes it."""
    position: str = field(compare=False)
    """Where the cursor is after it, as `EventCursor.acknowledge` takes it."""
