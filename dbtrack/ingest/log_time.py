"""The moments that the server writes: 2026-01-15 14:30:25.123 CET."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from dbtrack.ingest.entry import DamagedEntryError

ZoneOffset = Callable[[str], timedelta | None]

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?) (?:([+-])(\d\d):?(\d\d)?:?(\d\d)?|([^\s,]{1,40}))"
)
_UNIVERSAL = frozenset({"UTC", "GMT", "Z", "UCT"})


def no_zones(_abbreviation: str) -> timedelta | None:
    """Know no time zone but UTC and those written as numbers."""
    return None


class LogClock:
    """Reads the moments of a log.

    Args:
        zone_offset: how far ahead of UTC an abbreviation such as CET is; None for an unknown one.
    """

    def __init__(self, zone_offset: ZoneOffset = no_zones) -> None:
        self._zone_offset = zone_offset
        self._zones: dict[str, timezone | None] = dict.fromkeys(_UNIVERSAL, UTC)
        self.unknown_zones: set[str] = set()

    def moment(self, text: str) -> datetime:
        """Read one moment.

        Raises:
            DamagedEntryError: it is none, or its time zone is unknown.
        """
        match = _MOMENT.fullmatch(text)
        if match is None:
            raise DamagedEntryError(f"not a time: {text[:60]}")
        try:
            naive = datetime.fromisoformat(f"{match[1]}T{match[2]}")
            return naive.replace(tzinfo=self._zone(match))
        except ValueError as error:
            raise DamagedEntryError(f"not a time: {text[:60]}") from error

    @staticmethod
    def epoch(text: str) -> datetime:
        """Read seconds since 1970, as %n writes them.

        Raises:
            DamagedEntryError: there was no such moment.
        """
        try:
            return datetime.fromtimestamp(float(text), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise DamagedEntryError(f"not a time: {text[:60]}") from error

    def _zone(self, match: re.Match[str]) -> timezone:
        if match[3]:
            offset = timedelta(hours=int(match[4]), minutes=int(match[5] or 0), seconds=int(match[6] or 0))
            return timezone(offset if match[3] == "+" else -offset)
        return self._named_zone(match[7])

    def _named_zone(self, name: str) -> timezone:
        if name not in self._zones:
            offset = self._zone_offset(name)
            self._zones[name] = None if offset is None else timezone(offset)
        zone = self._zones[name]
        if zone is None:
            self.unknown_zones.add(name)
            raise DamagedEntryError(f"unknown time zone: {name}")
        return zone
