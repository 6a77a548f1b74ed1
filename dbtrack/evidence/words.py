"""Numbers and durations in words."""

from __future__ import annotations

from datetime import timedelta

from dbtrack.render.readable import counted

_HOUR = 3600
_MINUTE = 60
_DAY = 86_400


def known(number: int | None, noun: str = "") -> str:
    """Return a number, with its noun, that the login may not know."""
    if number is None:
        return f"an unknown number of {noun}s" if noun else "an unknown number"
    return counted(number, noun) if noun else f"{number:,}"


def times(number: int) -> str:
    """Return how often something was: `once`, `3 times`."""
    return "once" if number == 1 else f"{number:,} times"


def was_were(number: float) -> str:
    """Return the verb that goes with so many."""
    return "was" if number == 1 else "were"


def is_are(number: int | None) -> str:
    """Return the verb that goes with so many."""
    return "is" if number == 1 else "are"


def capital(text: str) -> str:
    """Return a sentence with a capital at its beginning; names in it stay as they are."""
    return text[:1].upper() + text[1:]


def signed_words(signed: int, due: int | None) -> str:
    """Return how many reviews were signed, of those that were due.

    Args:
        due: how many were due; None where none is ever due.
    """
    if due:
        return f"{counted(signed, 'review')} of {due:,} due signed"
    why = "; no review is ever due, as evidence.review_every is not set" if due is None else ", none was due"
    return f"{counted(signed, 'review')} signed{why}"


def duration_words(length: timedelta) -> str:
    """Return a duration in its two largest units: `19 min`, `2 h 5 min`, `3 d`. As evidence_length in SQL."""
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return _in_units(seconds // _HOUR, "h", seconds % _HOUR // _MINUTE, "min")
    return _in_units(seconds // _DAY, "d", seconds % _DAY // _HOUR, "h")


def _in_units(many: int, unit: str, rest: int, rest_unit: str) -> str:
    return f"{many:,} {unit} {rest} {rest_unit}" if rest else f"{many:,} {unit}"
