"""Numbers and durations in words."""

from __future__ import annotations

from datetime import timedelta

_HOUR = 3600
_MINUTE = 60
_DAY = 86_400


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 change`, `1,284 changes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def signed_words(signed: int, due: int | None) -> str:
    """Return how many reviews were signed, of those that were due.

    Args:
        due: how many were due; None where none is ever due.
    """
    if due:
        return f"{counted(signed, 'review')} of {due:,} due signed"
    return f"{counted(signed, 'review')} signed{'' if due is None else ', none was due'}"


def duration_words(length: timedelta) -> str:
    """Return a duration in its two largest units: `19 min`, `2 h 5 min`, `3 d 4 h`."""
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"
