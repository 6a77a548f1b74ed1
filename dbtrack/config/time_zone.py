"""The one time zone in which times are read and shown: the client's, or the one that the user chose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from dbtrack.config.configuration_file import read_configuration
from dbtrack.errors import UsageError


class SystemZone(tzinfo):
    """The zone of this machine, or of TZ, as the C library knows it: with its rules, not one offset.

    Every form of TZ counts: a name, a path, and POSIX rules such as ``IST-5:30``.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Return the offset at a local time, of which `fold` chooses one that occurs twice."""
        return None if moment is None else _local(moment).utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Return None: the C library does not say how much of the offset is daylight saving time."""
        del moment
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """Return the zone's abbreviation at a local time: CET."""
        return None if moment is None else _local(moment).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """Return the local time of a moment in UTC."""
        shown = moment.replace(tzinfo=UTC).astimezone()
        local = shown.replace(tzinfo=self, fold=0)
        return local if local.utcoffset() == shown.utcoffset() else local.replace(fold=1)

    def __repr__(self) -> str:
        return "SystemZone()"


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None).astimezone()


def client_zone(environ: Mapping[str, str], *, utc: bool = False) -> tzinfo:
    """Return UTC if that is asked for; else ``time_zone`` of the configuration file; else the machine's zone.

    Raises:
        UsageError: the configuration file is invalid, or its ``time_zone`` is unknown here.
    """
    if utc:
        return UTC
    configuration = read_configuration(environ)
    if configuration.time_zone is None:
        return SystemZone()
    return named_zone(configuration.time_zone, f"{configuration.path}: time_zone")


def named_zone(name: str, place: str) -> tzinfo:
    """Return a time zone by its name: ``UTC``, ``Europe/Berlin``.

    Raises:
        UsageError: there is no such zone on this machine.
    """
    if name.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"{place}: there is no time zone {name}", hint="write it as Europe/Berlin, or UTC"
        ) from error


def zone_for_server(zone: tzinfo) -> str:
    """Return a zone by the name that PostgreSQL knows it by.

    A machine whose zone has no name that can be found counts as UTC.
    """
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return key
    if zone is UTC:
        return "UTC"
    name = (
        os.environ.get("TZ", "").removeprefix(":")
        or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    )
    try:
        named_zone(name, "TZ")
    except UsageError:
        return "UTC"
    return name
