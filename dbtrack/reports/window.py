"""The window of time that a report covers, for its title and for what an empty answer says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo


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
    shown = _Shown(now.astimezone(zone).year, since is not None and (until or now) - since < _SECONDS_BELOW)
    last = until or since
    if last is None:
        return "all times"
    name = zone_name(last.astimezone(zone))
    if since is None:
        return f"until {shown.moment(last.astimezone(zone))} {name}"
    first = since.astimezone(zone)
    if until is None:
        return f"since {shown.moment(first)} {name}"
    end = until.astimezone(zone)
    first_name = "" if first.utcoffset() == end.utcoffset() else f" {zone_name(first)}"
    shown_end = shown.clock(end) if first.date() == end.date() else shown.moment(end)
    return f"{shown.moment(first)}{first_name} to {shown_end} {name}"


@dataclass(frozen=True)
class _Shown:
    """How moments are shown: with the year if it is not this one; with seconds in a short window."""

    this_year: int
    has_seconds: bool

    def moment(self, moment: datetime) -> str:
        year = "" if moment.year == self.this_year else f" {moment.year}"
        day = f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}{year}"
        return f"{day} {self.clock(moment)}"

    def clock(self, moment: datetime) -> str:
        return f"{moment:%H:%M:%S}" if moment.second and self.has_seconds else f"{moment:%H:%M}"


def zone_name(moment: datetime) -> str:
    """Return the name of a moment's zone: CET; UTC+03 where the zone has no name of its own."""
    name = moment.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-", ""} else name


_SECONDS_BELOW = timedelta(hours=1)
# Not strftime's, which speaks the locale's language.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
