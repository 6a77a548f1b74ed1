"""Periods as people write them: a number and a unit, as 10m or 2d."""

from __future__ import annotations

import re

_FORM = re.compile(r"(\d+)([a-z])")
# A year is 365.25 days.
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_557_600}


def seconds_of(text: str, units: str, *, most_digits: int = 5) -> int | None:
    """Return the seconds of a period; None if the text is something else.

    Args:
        units: those that may be given, as letters: of m, h, d, w, y.
        most_digits: of the number.
    """
    match = _FORM.fullmatch(text)
    if match is None or match[2] not in units or len(match[1]) > most_digits:
        return None
    return int(match[1]) * _SECONDS[match[2]]
