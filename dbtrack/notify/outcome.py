"""What came of one attempt to deliver an event, and what that means for the events behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What an attempt shows about the receiver and the event."""

    DELIVERED = "delivered"
    UNREACHABLE = "unreachable"
    """The receiver is not there, or asks to wait. The event is not the cause, so it waits without an end."""
    FAILED = "failed"
    """The receiver has the event and fails. The event may be the cause, so it waits for many attempts."""
    REFUSED = "refused"
    """The receiver refuses the event. It waits for a few attempts."""
    GONE = "gone"
    """The receiver wants no more events."""


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt.

    Args:
        answer: what the receiver answered, or why there is no answer: one short line without secrets.
        wait_seconds: how long the receiver asks to wait; None where it does not say.
    """

    verdict: Verdict
    answer: str
    wait_seconds: float | None = None

    @property
    def is_receiver_away(self) -> bool:
        """Whether another event would fare no better."""
        return self.verdict in {Verdict.UNREACHABLE, Verdict.GONE}

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has the event."""
        return self.verdict is Verdict.DELIVERED
