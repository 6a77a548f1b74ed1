"""The window of time that a report covers, for its title and for what an empty answer says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True)
class Window:
    """The window that a report really covered.

    Args:
        since: its beginning, included; None: from the first record on.
        until: its end, excluded; None: up to now.
        zone: in which the words of the user were read, and in which times are shown.
        words: both for a title, in that zone: ``since Fri 20 Nov 06:28 CET``.
    """

    since: datetime | None
    until: datetime | None
    zone: tzinfo
    words: str

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, zone: tzinfo, now: datetime) -> Window:
        """Return the window between two moments, with its words.

        Args:
            now: decides whether a date needs its year.
        """
        return cls(since, until, zone, _words(since, until, zone, now))


def _words(since: datetime | None, until: datetime | None, zone: tzinfo, now: datetime) -> str:
    this_year = now.astimezone(zone).year
    last = until or since
    if last is None:
        return "all times"
    name = zone_name(last.astimezone(zone))
    if since is None:
        return f"until {_short(last.astimezone(zone), this_year)} {name}"
    first = since.astimezone(zone)
    if until is None:
        return f"since {_short(first, this_year)} {name}"
    end = until.astimezone(zone)
    first_name = "" if first.utcoffset() == end.utcoffset() else f" {zone_name(first)}"
    shown_end = _clock(end) if first.date() == end.date() else _short(end, this_year)
    return f"{_short(first, this_year)}{first_name} to {shown_end} {name}"


def zone_name(moment: datetime) -> str:
    """Return the name of a moment's zone: CET; UTC+03 where the zone has no name of its own."""
    name = moment.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-", ""} else name


def _short(moment: datetime, this_year: int) -> str:
    year = "" if moment.year == this_year else f" {moment.year}"
    return f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}{year} {_clock(moment)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


# Not strftime's, which speaks the locale's language.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
