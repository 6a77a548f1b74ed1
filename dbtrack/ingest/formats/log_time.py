"""Parse the times in a server's log: 2026-01-15 14:30:25.123 CET."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from dbtrack.errors import UsageError
from dbtrack.ingest.formats.entry import DamagedEntryError

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?) (?:([+-])(\d\d):?(\d\d)?:?(\d\d)?|([^\s,]{1,40}))"
)
_HINT = "give the time zone of the log with --timezone"
_UNIVERSAL = frozenset({"UTC", "GMT", "Z", "UCT"})
# A POSIX time zone: an abbreviation, an offset and optional daylight saving time rules.
_POSIX = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d{1,2}(?::\d\d){0,2}(?:\D.*)?")


class UnknownZoneError(DamagedEntryError):
    """The time zone of an entry is unknown, or several zones have its abbreviation."""


class LogClock:
    """Parses the times of a log.

    Args:
        zone: of the log's times: the server's `log_timezone`, or the value of `--timezone`.
        is_given: whether it comes from `--timezone`, which excludes all other zones except UTC.

    Raises:
        UsageError: `--timezone` names no time zone.
    """

    def __init__(self, zone: str = "UTC", *, is_given: bool = False) -> None:
        self._name = zone
        self._zone = _zone(zone)
        self._is_given = is_given
        if is_given and self._zone is None:
            raise UsageError(
                f"there is no time zone {zone}", hint="give it as Europe/Berlin, or in the POSIX form CET-1"
            )

    def parse(self, text: str) -> datetime:
        """Parse one time.

        Raises:
            DamagedEntryError: it is not a time.
            UnknownZoneError: its time zone is unknown or ambiguous.
        """
        match = _MOMENT.fullmatch(text)
        if match is None:
            raise DamagedEntryError(f"not a time: {text[:60]}")
        try:
            naive = datetime.fromisoformat(f"{match[1]}T{match[2]}")
            return naive.replace(tzinfo=self._tzinfo(naive, match))
        except ValueError as error:
            raise DamagedEntryError(f"not a time: {text[:60]}") from error

    def parse_local(self, text: str) -> datetime | None:
        """Parse a time in the log's own zone; None if it is not a time, or if it occurred twice."""
        try:
            naive = datetime.fromisoformat(text)
        except ValueError:
            return None
        moments = [naive.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1)] if self._zone else []
        return moments[0] if len({moment.utcoffset() for moment in moments}) == 1 else None

    @staticmethod
    def parse_epoch(text: str) -> datetime:
        """Parse seconds since 1970, as %n writes them.

        Raises:
            DamagedEntryError: it is not a time, or out of range.
        """
        try:
            return datetime.fromtimestamp(float(text), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise DamagedEntryError(f"not a time: {text[:60]}") from error

    def _tzinfo(self, naive: datetime, match: re.Match[str]) -> tzinfo:
        if match[3]:
            offset = timedelta(hours=int(match[4]), minutes=int(match[5] or 0), seconds=int(match[6] or 0))
            return timezone(offset if match[3] == "+" else -offset)
        return timezone(self._offset(naive, match[7]))

    def _offset(self, naive: datetime, abbreviation: str) -> timedelta:
        """Return the offset from UTC that an abbreviation had at a local time of the log."""
        offsets = _offsets(naive, abbreviation, [self._zone] if self._zone else ())
        if len(offsets) > 1:
            raise DamagedEntryError(f"the hour of {naive} occurred twice in {self._name}")
        if not offsets and abbreviation in _UNIVERSAL:
            return timedelta(0)
        if not offsets and self._is_given:
            raise UnknownZoneError(f"{self._name} has no {abbreviation} at {naive}; {_HINT}")
        offsets = offsets or _offsets_anywhere(naive.date(), abbreviation)
        if len(offsets) != 1:
            raise UnknownZoneError(_reason(abbreviation, offsets))
        return next(iter(offsets))


def _reason(abbreviation: str, offsets: Iterable[timedelta]) -> str:
    hours = ", ".join(f"{_hours(offset)}" for offset in sorted(offsets))
    if not hours:
        return f"no time zone has the abbreviation {abbreviation}; {_HINT}"
    return f"{abbreviation} is ambiguous, the offset from UTC can be {hours}; {_HINT}"


def _hours(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _offsets(naive: datetime, abbreviation: str, zones: Iterable[tzinfo]) -> frozenset[timedelta]:
    moments = (naive.replace(tzinfo=zone, fold=fold) for zone in zones for fold in (0, 1))
    return frozenset(
        offset
        for moment in moments
        if moment.tzname() == abbreviation and (offset := moment.utcoffset()) is not None
    )


@cache
def _offsets_anywhere(day: date, abbreviation: str) -> frozenset[timedelta]:
    """Return the offsets that an abbreviation had on a day, in any time zone."""
    midnight = datetime.combine(day, time())
    hours = (midnight + timedelta(hours=hour) for hour in (0, 12, 23))
    return frozenset().union(*(_offsets(hour, abbreviation, _all_zones()) for hour in hours))


@cache
def _all_zones() -> tuple[ZoneInfo, ...]:
    return tuple(ZoneInfo(name) for name in sorted(available_timezones()))


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _posix_zone(name)


def _posix_zone(specification: str) -> tzinfo | None:
    """Return the zone of a POSIX specification, read from a time zone file made of nothing else."""
    if not specification.isascii() or not _POSIX.fullmatch(specification):
        return None
    header = (
        struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4) + struct.pack(">lBB", 0, 0, 0) + b"-00\0"
    )
    try:
        return ZoneInfo.from_file(io.BytesIO(header + header + b"\n" + specification.encode() + b"\n"))
    except ValueError:
        return None
