"""Read what stands for a moment: a time, an execution's key, or the number of a version."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.reports.run import read_moments

if TYPE_CHECKING:
    from dbtrack.db import Database

_KEY = re.compile(r"(?:\\x)?[0-9a-fA-F]{8,64}")
_VERSION = re.compile(r"[0-9]{1,6}")
_BEFORE = "^"


def read_time(database: Database, text: str, zone: tzinfo) -> datetime:
    """Return the moment that a user wrote: 2026-03-01, yesterday, 24h.

    Args:
        zone: of a time that names none.

    Raises:
        UsageError: it is not a time, or it lies in the future.
    """
    return read_window(database, text, None, zone)[0]


def read_window(
    database: Database, since: str, until: str | None, zone: tzinfo
) -> tuple[datetime, datetime | None]:
    """Return the two moments of a window, the second None for now.

    Raises:
        UsageError: one is not a time, or since is not before until.
    """
    now = database.value("SELECT pg_catalog.statement_timestamp()")
    read = read_moments({"since": since, "until": until}, now, zone)
    begin = read["since"]
    if begin is None:  # pragma: no cover - there is a word for it
        raise UsageError("a time is missing")
    return begin, read["until"]


def read_point(database: Database, text: str, object_key: bytes | None, zone: tzinfo) -> datetime:
    """Return the moment after a version or an execution, or a time; `KEY^` and `12^` are the moment before.

    Args:
        object_key: whose versions are counted; None without one.

    Raises:
        UsageError: it is something else, or there is no such version or execution.
    """
    word, is_before = text.removesuffix(_BEFORE), text.endswith(_BEFORE)
    if object_key is not None and _VERSION.fullmatch(word):
        first = last = _version_time(database, object_key, int(word))
    elif _KEY.fullmatch(word):
        try:
            first, last = _execution_times(database, word)
        except DbtrackError:
            if is_before or not word.isdecimal():
                raise
            return read_time(database, word, zone)  # 20260301 is a date, too
    elif is_before:
        raise UsageError(
            f"{text} is neither a key nor a version", hint="KEY^ is the moment before an execution"
        )
    else:
        return read_time(database, word, zone)
    return first - timedelta(microseconds=1) if is_before else last


def _execution_times(database: Database, key: str) -> tuple[datetime, datetime]:
    """Return when an execution was first and last recorded: its DDL was recorded between these."""
    whole = database.call_value("get_execution_key", key_prefix=key)
    times = [row[1] for row in database.call("execution_versions", execution_key=whole)]
    return min(times), max(times)


def _version_time(database: Database, object_key: bytes, version: int) -> datetime:
    rows = database.call("get_object_log", p_object=object_key)
    times: dict[int, datetime] = {row[0]: row[1] for row in rows}
    if version not in times:
        raise UsageError(
            f"there is no version {version}",
            hint=f"the versions are 1 to {max(times, default=0)}: dbtrack log",
        )
    return times[version]


def last_change(database: Database, object_key: bytes, until: datetime | None = None) -> datetime | None:
    """Return when an object was changed last, until a moment; None if nothing is recorded."""
    end = None if until is None else until + timedelta(microseconds=1)
    rows = database.call("get_object_log", p_object=object_key, p_since=None, p_until=end, p_limit=1)
    moment: datetime | None = rows[0][1] if rows else None
    return moment
