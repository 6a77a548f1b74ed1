"""The periods that reviews are about: a year, a quarter, a month, a week or a day of the calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from dbtrack.errors import UsageError

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-?q([1-4])")
_WEEK = re.compile(r"(\d{4})-?w(\d\d?)")
_YEAR = re.compile(r"(\d{4})")
_LAST_YEAR = 9000
_LAST = re.compile(r"last[- ](day|week|month|quarter|year)|(yesterday)")


@dataclass(frozen=True)
class ReviewPeriod:
    """A period.

    Args:
        name: as it is recorded: 2026Q3, 2026-07, 2026-W30.
        since: the first moment that belongs to it.
        until: the first moment that does not.
    """

    name: str
    since: datetime
    until: datetime


def parse_period(text: str, now: datetime, zone: tzinfo) -> ReviewPeriod:
    """Return the period that a text means: 2026Q3, 2026-07, 2026-W30, 2026-07-14, 2026, last-week.

    Args:
        now: by which the last week is found.
        zone: in which days begin.

    Raises:
        UsageError: it is not a period.
    """
    words = text.strip().casefold()
    found = None
    with suppress(ValueError, OverflowError):
        found = _named(words) or _last(words, now.astimezone(zone).date())
    if found is None or found[0].year > _LAST_YEAR:
        hint = "2026Q3, 2026-07, 2026-W30, 2026, last-week, last-month, or --since and --until"
        raise UsageError(f"not a period: {text}", hint=hint)
    begin, unit = found
    return ReviewPeriod(_NAMES[unit](begin), _midnight(begin, zone), _midnight(_NEXT[unit](begin), zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _named(words: str) -> tuple[date, str] | None:
    readings: tuple[tuple[re.Pattern[str], str, Callable[..., date]], ...] = (
        (_DAY, "day", date),
        (_MONTH, "month", lambda year, month: date(year, month, 1)),
        (_QUARTER, "quarter", lambda year, quarter: date(year, 3 * quarter - 2, 1)),
        (_WEEK, "week", lambda year, week: date.fromisocalendar(year, week, 1)),
        (_YEAR, "year", lambda year: date(year, 1, 1)),
    )
    for pattern, unit, begin in readings:
        match = pattern.fullmatch(words)
        if match:
            return begin(*map(int, match.groups())), unit
    return None


def _last(words: str, today: date) -> tuple[date, str] | None:
    match = _LAST.fullmatch(words)
    if match is None:
        return None
    unit = match[1] or "day"
    return _begin(_begin(today, unit) - timedelta(days=1), unit), unit


def _begin(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = {"day": day.month, "month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    return day if unit == "day" else date(day.year, months[unit], 1)


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


_NEXT: dict[str, Callable[[date], date]] = {
    "day": lambda day: day + timedelta(days=1),
    "week": lambda day: day + timedelta(days=7),
    "month": lambda day: _months_later(day, 1),
    "quarter": lambda day: _months_later(day, 3),
    "year": lambda day: _months_later(day, 12),
}
_NAMES: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: f"{day:%G-W%V}",
    "month": lambda day: f"{day:%Y-%m}",
    "quarter": lambda day: f"{day.year}Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year}",
}
