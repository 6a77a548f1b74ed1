"""Read a moment as people write it: ``02:00``, ``2 hours ago``, ``friday``, ``1 march``, ``2026-03-01``.

The words are those of journalctl and git. Each means one moment, in one time zone; docs/reports.md has them.
"""

from __future__ import annotations

import difflib
import re
from calendar import isleap, monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum

from dbtrack.errors import UsageError
from dbtrack.reports.window import zone_name


class Edge(Enum):
    """Which end of a window a moment is: it decides what a time means that has two readings."""

    SINCE = "since"
    UNTIL = "until"


@dataclass(frozen=True)
class Reader:
    """Reads moments at one time, in one zone.

    Args:
        now: with its time zone: the database's clock, not the client's.
        zone: of everything that names no zone.
    """

    now: datetime
    zone: tzinfo

    def read(self, text: str, edge: Edge = Edge.SINCE, *, since: datetime | None = None) -> datetime:
        """Return the moment that the text means.

        A time of day without a date is the latest one that has passed; for UNTIL with `since`, the first one
        after that. A local time that occurs twice, when the clocks go back, is the first one for SINCE and
        the second one for UNTIL; one that does not occur is an hour later, as in PostgreSQL.

        Args:
            since: the other end of the window.

        Raises:
            UsageError: it is not a time, or nobody could know which one.
        """
        words = _words(text)
        try:
            moment = self._any(words, edge, since) or self._with_zone_name(words, edge, since)
        except (ValueError, OverflowError) as error:
            raise not_a_time(text) from error
        if moment is None:
            raise not_a_time(text)
        return moment.astimezone(UTC)

    def after(self, text: str) -> datetime | None:
        """Return the moment so long after now: 30m, 2 days, 1y; None for another text, also for `2 days ago`.

        Raises:
            UsageError: no date is so far away.
        """
        words = _words(text)
        span = None if _PAST.search(words) else _Span.of(words)
        if span is None:
            return None
        try:
            return self._distant(span, 1).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise not_a_time(text) from error

    def _any(self, words: str, edge: Edge, since: datetime | None) -> datetime | None:
        return self._clock(words, edge, since) or self._moment(words, edge)

    def _with_zone_name(self, words: str, edge: Edge, since: datetime | None) -> datetime | None:
        """Return the moment of a time with the name of its zone, as titles show it: `fri 27 nov 06:28 cet`.

        Elsewhere a short name of a zone may be another one, so only those of this zone, and UTC, are known.
        """
        named = _ZONE_NAME.fullmatch(words)
        if named is None:
            return None
        if named[2] in {"utc", "gmt", "z"}:
            return Reader(self.now, UTC).read(named[1], edge, since=since)
        for reading in (edge, *Edge):
            moment = self._any(named[1], reading, since)
            if moment is not None and zone_name(moment.astimezone(self.zone)).casefold() == named[2]:
                return moment
        return None

    @property
    def _local(self) -> datetime:
        """The time on the wall."""
        return self.now.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def _moment(self, words: str, edge: Edge) -> datetime | None:
        if words == "now":
            return self.now
        return _epoch(words) or _iso(words) or self._age(words) or self._day_and_clock(words, edge)

    def _at(self, local: datetime, edge: Edge) -> datetime:
        """Return the moment of a time on the wall."""
        moment = local.replace(tzinfo=self.zone, fold=0)
        later = local.replace(tzinfo=self.zone, fold=1)
        # In a gap the second reading is the earlier moment.
        is_twice = later.astimezone(UTC) > moment.astimezone(UTC)
        return later if is_twice and edge is Edge.UNTIL else moment

    def _clock(self, words: str, edge: Edge, since: datetime | None) -> datetime | None:
        """Return the moment of a time of day without a date."""
        clock = _read_clock(words)
        if clock is None:
            return None
        today = self._local.date()
        if edge is Edge.UNTIL and since is not None:
            first = since.astimezone(self.zone).date()
            same_day = self._at(datetime.combine(first, clock), edge)
            return same_day if same_day > since else self._at(datetime.combine(first + _DAY, clock), edge)
        moment = self._at(datetime.combine(today, clock), edge)
        return moment if moment <= self.now else self._at(datetime.combine(today - _DAY, clock), edge)

    def _age(self, words: str) -> datetime | None:
        """Return the moment that was so long ago; days and more are counted on the calendar."""
        span = _Span.of(words)
        return None if span is None else self._distant(span, -1)

    def _distant(self, span: _Span, sign: int) -> datetime:
        """Return the moment so long after now, or before it: sign is 1 or -1."""
        moment = self.now
        if span.months or span.days:
            local = _months_before(self._local, -sign * span.months) + timedelta(days=sign * span.days)
            moment = self._at(local, Edge.SINCE)
        return moment.astimezone(UTC) + timedelta(seconds=sign * span.seconds)

    def _day_and_clock(self, words: str, edge: Edge) -> datetime | None:
        """Return the moment of a day, with or without a time of day after or before it."""
        for day_words, clock_words in _splits(words):
            clock = _read_clock(clock_words) if clock_words else time()
            day = None if clock is None else self._day(day_words)
            if day is not None and clock is not None:
                return self._at(datetime.combine(day, clock), edge)
        if words == "last night":
            return self._at(datetime.combine(self._local.date() - _DAY, _EVENING), edge)
        return None

    def _day(self, words: str) -> date | None:
        today = self._local.date()
        if words in _DAYS_AGO:
            return today - timedelta(days=_DAYS_AGO[words])
        weekday = _NAME_OF_DAY.fullmatch(words)
        if weekday:
            # The one before today, on that day itself too: today has a word of its own.
            back = (today.weekday() - _WEEKDAYS.index(weekday[1][:3])) % 7 or 7
            return today - timedelta(days=back)
        return _period(words, today) or _calendar_day(words, today) or _named_day(words, today)


def not_a_time(text: str) -> UsageError:
    """Return the error about a text that is not a time, with what to write."""
    return UsageError(f'not a time: "{text}"', hint=_hint(_words(text)))


_DAY = timedelta(days=1)
_EVENING = time(18)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS_AGO = {
    "tomorrow": -1,
    "today": 0,
    "yesterday": 1,
    "day before yesterday": 2,
    "the day before yesterday": 2,
}
_NAME_OF_DAY = re.compile(
    r"(?:last |on )?(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_BEFORE_DATE = re.compile(rf"({_NAME_OF_DAY.pattern}),? (?P<date>.*\d.*)")
_ZONE_NAME = re.compile(r"(.*\d:\d\d(?::\d\d)?) ([a-z]{1,5}|(?:utc)?[+-]\d\d(?::?\d\d)?)")
_NUMBER_OF_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_WITH_MONTH = (
    re.compile(rf"(?:the )?{_NUMBER_OF_DAY} (?:of )?{_MONTH}{_YEAR}"),
    re.compile(rf"{_MONTH} {_NUMBER_OF_DAY}{_YEAR}"),
    re.compile(rf"(?:last )?{_MONTH}{_YEAR}"),
)
_CLOCK = re.compile(
    r"(?:at )?(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,6})?)?)?"
    r" ?(?P<half>[ap]m)?"
)
_NAMED_CLOCKS = {"noon": time(12), "midnight": time(0), "at noon": time(12), "at midnight": time(0)}
_EPOCH = re.compile(r"@(\d{1,11})(\.\d{1,6})?")
_ISO_DATE = re.compile(r"(\d{4})-?(\d\d)(?:-?(\d\d))?")
_ISO_MOMENT = re.compile(
    r"(\d{4}-?\d\d-?\d\d)[ t]?(\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?) ?(z|utc|gmt|[+-]\d\d(?::?\d\d)?)"
)
_UNITS = (
    ("mo(?:n|ns|nth|nths|s)?", "months", 1),
    ("y(?:r|rs|ear|ears)?", "months", 12),
    ("q(?:uarter|uarters)?", "months", 3),
    ("w(?:k|ks|eek|eeks)?", "days", 7),
    ("d(?:ay|ays)?", "days", 1),
    ("h(?:r|rs|our|ours)?", "seconds", 3600),
    ("m(?:in|ins|inute|inutes)?", "seconds", 60),
    ("s(?:ec|ecs|econd|econds)?", "seconds", 1),
)
_PAST = re.compile(r"^(?:-|last |past )| ago$")
_AMOUNT = re.compile(
    r"(?P<number>\d{1,7}(?:\.\d{1,6})?|an?|one|half an) ?(?:"
    + "|".join(f"(?P<unit{place}>{pattern})" for place, (pattern, _, _) in enumerate(_UNITS))
    + r")(?![a-z])(?: and |, ?| )?"
)
_ISO_AGE = re.compile(
    r"p(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?"
)


def _words(text: str) -> str:
    """Return the text in lower case, with single blanks; git's 2.weeks.ago is written with dots."""
    words = " ".join(text.casefold().replace("_", " ").split())
    return re.sub(r"(?<=[0-9a-z])\.(?=[a-z])", " ", words)


@dataclass(frozen=True)
class _Span:
    months: int
    days: int
    seconds: float

    @classmethod
    def of(cls, words: str) -> _Span | None:
        """Return a span: 24h, 1h30m, 2 hours ago, -2h, PT2H; None if it is not one."""
        iso = _ISO_AGE.fullmatch(words)
        if iso and any(iso.groups()):
            years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
            return cls(12 * years + months, 7 * weeks + days, 3600 * hours + 60 * minutes + seconds)
        rest = (
            words.removesuffix(" ago").removeprefix("-").removeprefix("last ").removeprefix("past ").strip()
        )
        total = {"months": 0.0, "days": 0.0, "seconds": 0.0}
        position = 0
        while position < len(rest):
            amount = _AMOUNT.match(rest, position)
            if amount is None:
                return None
            place = next(place for place in range(len(_UNITS)) if amount[f"unit{place}"])
            _, unit, size = _UNITS[place]
            total[unit] += _number(amount["number"]) * size
            position = amount.end()
        return cls._whole(total) if position else None

    @classmethod
    def _whole(cls, total: dict[str, float]) -> _Span | None:
        if total["months"] % 1:
            return None
        whole_days, part_of_day = divmod(total["days"], 1)
        return cls(int(total["months"]), int(whole_days), total["seconds"] + part_of_day * 86_400)


def _number(word: str) -> float:
    return {"a": 1.0, "an": 1.0, "one": 1.0, "half an": 0.5}.get(word) or float(word)


def _months_before(moment: datetime, months: int) -> datetime:
    """Return the same day so many months earlier, or the last one of that month."""
    count = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _epoch(words: str) -> datetime | None:
    match = _EPOCH.fullmatch(words)
    return datetime.fromtimestamp(float(words[1:]), UTC) if match else None


def _iso(words: str) -> datetime | None:
    """Return a date and time that says its zone."""
    match = _ISO_MOMENT.fullmatch(words)
    if match is None:
        return None
    offset = match[3]
    if offset in {"z", "utc", "gmt"}:
        zone: timezone = UTC
    else:
        sign = -1 if offset[0] == "-" else 1
        digits = offset[1:].replace(":", "")
        zone = timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)))
    day = _iso_day(match[1])
    clock = time.fromisoformat(match[2].replace(",", "."))
    return None if day is None else datetime.combine(day, clock, zone)


def _iso_day(words: str) -> date | None:
    match = _ISO_DATE.fullmatch(words)
    if match is None or (match[3] is None and "-" not in words):
        return None
    return date(int(match[1]), int(match[2]), int(match[3] or 1))


def _read_clock(words: str) -> time | None:
    if words in _NAMED_CLOCKS:
        return _NAMED_CLOCKS[words]
    match = _CLOCK.fullmatch(words)
    if match is None or (match["minute"] is None and match["half"] is None):
        return None
    hour, half = int(match["hour"]), match["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23:
        return None
    microsecond = round(float(match["fraction"] or 0) * 1_000_000)
    return time(hour, int(match["minute"] or 0), int(match["second"] or 0), microsecond)


def _splits(words: str) -> list[tuple[str, str]]:
    """Return the ways to split words into a day and a time of day, the day alone first."""
    parts = words.replace("t", " ", 1).split() if _ISO_WITH_T.match(words) else words.split()
    found = [(words, "")]
    for count in (1, 2, 3):
        if len(parts) > count:
            found.append((" ".join(parts[:-count]), " ".join(parts[-count:])))
            found.append((" ".join(parts[count:]), " ".join(parts[:count])))
    return found


_ISO_WITH_T = re.compile(r"\d{4}-\d\d-\d\dt\d")


def _period(words: str, today: date) -> date | None:
    """Return the first day of this or the last week, month, quarter or year."""
    match = re.fullmatch(r"(this|last|previous) (week|month|quarter|year)", words)
    if match is None:
        return None
    first = _FIRST_DAYS[match[2]]
    start = first(today)
    return start if match[1] == "this" else first(start - _DAY)


_FIRST_DAYS: dict[str, Callable[[date], date]] = {
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=day.month - (day.month - 1) % 3, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def _calendar_day(words: str, today: date) -> date | None:
    """Return a date: 2026-03-01, 1 march, march 1 2026; without a year, the latest one that has come."""
    iso = _iso_day(words)
    if iso is not None:
        return iso
    match = next((found for pattern in _WITH_MONTH if (found := pattern.fullmatch(words))), None)
    if match is None:
        return None
    month = _MONTHS.index(match["month"][:3]) + 1
    day = int(match.groupdict().get("day") or 1)
    if match["year"]:
        return date(int(match["year"]), month, day)
    year = today.year - (1 if (month, day) > (today.month, today.day) else 0)
    while (month, day) == (2, 29) and not isleap(year):
        year -= 1
    return date(year, month, day)


def _named_day(words: str, today: date) -> date | None:
    """Return a date that has its day of the week before it, which has to be right: fri 27 nov."""
    match = _DAY_BEFORE_DATE.fullmatch(words)
    day = _calendar_day(match["date"], today) if match else None
    return day if match and day and _WEEKDAYS[day.weekday()] == match[2][:3] else None


_USUAL_WORDS = (
    "now", "today", "tomorrow", "yesterday", "noon", "midnight", "last night", "last week", "last month",
    "last year", "this week", "this month", "last friday",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_EXAMPLES = "write 02:00, 2h, 7d, yesterday, friday, 1 march, 2026-03-01 or 2026-03-01 02:00"


def _hint(words: str) -> str:
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?: .*)?", words):
        return "write the year first: 2026-03-01"
    if re.fullmatch(r"-?\d+", words):
        return f"{words} of what? {words}h for hours, {words}d for days"
    if re.search(r"\d [a-z]{3,4}$|\d [a-z]+/[a-z_]+$", words) and _ISO_DATE.match(words):
        return "write the zone as an offset: 2026-03-01 02:00+01, or Z for UTC"
    if len(words) < 5:
        return _EXAMPLES
    nearest = difflib.get_close_matches(words, _USUAL_WORDS, n=1, cutoff=0.75)
    return f"did you mean {nearest[0]}?" if nearest else _EXAMPLES
