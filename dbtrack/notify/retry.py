"""How long an event waits between attempts, and after how many it becomes a dead letter."""

from __future__ import annotations

import random

from dbtrack.notify.outcome import Outcome, Verdict

LONGEST_WAIT_SECONDS = 600.0
LONGEST_ASKED_SECONDS = 86400.0
REFUSED_ATTEMPTS = 5
FAILED_ATTEMPTS = 20
MOST_REFUSED_IN_ROW = 10
"""After so many dead letters without a delivery between them, the endpoint is paused."""

_JITTER = 0.25
_CHANCE = random.SystemRandom()


def wait_seconds(attempt: int, outcome: Outcome) -> float:
    """Return how long to wait after an attempt: 1 s, doubled each time up to ten minutes, ± a quarter.

    A wait that the receiver asks for is obeyed, up to a day.

    Args:
        attempt: the number of the attempt, from 1.
    """
    doubled: float = min(LONGEST_WAIT_SECONDS, 2.0 ** min(attempt - 1, 30))
    # Without jitter, all endpoints that one outage stopped would come back in the same moment.
    chosen = doubled * _CHANCE.uniform(1 - _JITTER, 1 + _JITTER)
    if outcome.wait_seconds is None:
        return chosen
    return max(min(outcome.wait_seconds, LONGEST_ASKED_SECONDS), chosen if attempt > 1 else 0.0)


def is_dead(attempt: int, verdict: Verdict) -> bool:
    """Return whether an event becomes a dead letter after this attempt, so that those behind it can go on."""
    match verdict:
        case Verdict.REFUSED:
            return attempt >= REFUSED_ATTEMPTS
        case Verdict.FAILED:
            return attempt >= FAILED_ATTEMPTS
        case _:
            return False
