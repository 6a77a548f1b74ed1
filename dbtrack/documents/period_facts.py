"""What happened in a period, read once from the record: the facts of the document about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from dbtrack.documents.charts import DayOfHours, Week
from dbtrack.sql_files import query

if TYPE_CHECKING:
    from dbtrack.db import Database

_WEEKS = 12
_WEEK = timedelta(days=7)
_MOST_DAYS = 14
_DAYS_A_WEEK = 7
_MOST_SHARES = 13
_MOST_CAUSES = 10
_HOURS_A_DAY = 24
_WELL = {"OK"}
_NOT_SEEN = {"UNKNOWN"}


@dataclass(frozen=True)
class Period:
    """The window of a document.

    Args:
        since: the first moment that belongs to it.
        until: the first moment that does not.
        zone: in which its times are written; None for the machine's own.
    """

    since: datetime
    until: datetime
    zone: tzinfo | None = None

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the document's zone."""
        return moment.astimezone(self.zone)

    @property
    def title(self) -> str:
        """The window in words: whole days as days, otherwise to the minute, with the zone."""
        since, until = self.local(self.since), self.local(self.until)
        zone = until.tzname() or "UTC"
        if _is_midnight(since) and _is_midnight(until):
            last = until - timedelta(days=1)
            return f"{_day(since)} to {_day(last)}, whole days in {zone}"
        return f"{_day(since)} {since:%H:%M} to {_day(until)} {until:%H:%M} {zone}"


@dataclass(frozen=True)
class Totals:
    """What ended of what began in a window."""

    ended: int
    completed: int
    p95_ms: float | None

    @property
    def failed(self) -> int:
        """How many did not complete: failed, cancelled or abandoned."""
        return self.ended - self.completed

    @property
    def success(self) -> float | None:
        """Percent of what ended; None if nothing did."""
        return 100 * self.completed / self.ended if self.ended else None


@dataclass(frozen=True)
class Cause:
    """Failures with one cause.

    Args:
        is_open: nobody has dealt with it, and it was not seen to succeed; None if that is not known.
    """

    occurrences: int
    sqlstate: str | None
    message: str
    tenants: Sequence[str]
    name: str | None
    key: bytes
    is_open: bool | None


@dataclass(frozen=True)
class Slow:
    """What took longest, beside its usual durations; None where there is no usual."""

    key: bytes
    name: str
    longest_ms: float
    p50_ms: float | None
    p95_ms: float | None

    @property
    def is_late(self) -> bool:
        """Whether it took longer than usual."""
        return self.p95_ms is not None and self.longest_ms > self.p95_ms


@dataclass(frozen=True)
class Share:
    """How much one tenant, login or command had of the whole."""

    name: str | None
    ended: int
    failed: int

    @property
    def success(self) -> float:
        """Percent of what ended."""
        return 100 * (self.ended - self.failed) / self.ended


@dataclass(frozen=True)
class Finding:
    """One check of the system's health."""

    metric: str
    status: str
    details: str

    @property
    def is_well(self) -> bool:
        """Whether nothing need be done."""
        return self.status in _WELL


@dataclass(frozen=True)
class PeriodFacts:
    """Everything that the document says."""

    database: str
    login: str
    tenants: Sequence[str] | None
    tenant: str | None
    read_at: datetime
    period: Period
    now: Totals
    before: Totals
    causes: Sequence[Cause]
    other_causes: int
    weeks: Sequence[Week]
    days: Sequence[DayOfHours]
    slow: Sequence[Slow]
    by_tenant: Sequence[Share]
    by_login: Sequence[Share]
    logins: int
    commands: Mapping[str, Share]
    findings: Sequence[Finding]
    waited_ms: float
    waits: int

    @property
    def open_causes(self) -> list[Cause]:
        """The causes that nobody has dealt with, the most frequent first."""
        return [cause for cause in self.causes if cause.is_open is not False]


def read_period(database: Database, period: Period, tenant: str | None = None) -> PeriodFacts:
    """Read the facts of a period in one snapshot.

    Args:
        tenant: one tenant's business key or hash key in hex; None for all that the login may see.

    Raises:
        DbtrackError: there is no such tenant, or the server raised an error.
    """
    tenant_hk = database.call_value("resolve_tenant", tenant=tenant) if tenant else None
    # Before the transaction, in which nothing can be written.
    database.call("record_access", p_report_name="report", p_tenant=tenant)
    window = {"since": period.since, "until": period.until, "tenant": tenant_hk}
    with database.transaction():
        database.row(query("export/isolation"))
        place = database.row(query("period/place")) or ()
        totals = {row[0]: _totals(row) for row in database.rows(query("period/totals"), window)}
        causes = _causes(database, window)
        first = period.until - _WEEKS * _WEEK
        hours = database.call(
            "get_throughput", since=min(first, period.since), until=period.until, tenant_hk=tenant_hk
        )
        shares = database.rows(query("period/shares"), window)
        waits = database.row(query("period/waits"), window) or (0.0, 0)
        slow = [_slow(row) for row in database.rows(query("period/unusual"), window)]
        findings = [_finding(row) for row in database.call("get_system_health", tenant_hk=tenant_hk)]
    by_login = _shares(shares, "login")
    return PeriodFacts(
        database=place[0],
        login=place[1],
        tenants=place[3],
        tenant=tenant,
        read_at=place[4],
        period=period,
        now=totals["now"],
        before=totals["before"],
        causes=causes[:_MOST_CAUSES],
        other_causes=max(0, len(causes) - _MOST_CAUSES),
        weeks=weeks_of(hours, period),
        days=days_of(hours, period),
        slow=slow,
        by_tenant=_shares(shares, "tenant")[:_MOST_SHARES],
        by_login=by_login[:_MOST_SHARES],
        logins=len(by_login),
        commands={str(share.name): share for share in _shares(shares, "command")},
        findings=[finding for finding in findings if finding.status not in _NOT_SEEN],
        waited_ms=waits[0],
        waits=waits[1],
    )


def weeks_of(hours: Iterable[Sequence[Any]], period: Period) -> list[Week]:
    """Return the twelve weeks that end with the period.

    Args:
        hours: rows of get_throughput: hour, completed, failed, cancelled, abandoned.
    """
    ended, failed = [0] * _WEEKS, [0] * _WEEKS
    for hour, *counts in hours:
        place = _WEEKS - 1 - int((period.until - hour - timedelta(seconds=1)) / _WEEK)
        if hour < period.until and place >= 0:
            ended[place] += sum(counts)
            failed[place] += sum(counts[1:])
    labelled = {0, 4, 8}
    weeks = []
    for place in range(_WEEKS):
        start = period.local(period.until - (_WEEKS - place) * _WEEK)
        label = f"{start.day} {start:%b}" if place in labelled else ""
        weeks.append(Week(label, ended[place], failed[place]))
    return weeks


def days_of(hours: Iterable[Sequence[Any]], period: Period) -> list[DayOfHours]:
    """Return each day of the period, or the last fourteen of them, by hours in the document's zone."""
    last = period.local(period.until - timedelta(microseconds=1)).date()
    count = (last - period.local(period.since).date()).days + 1
    days = [last - timedelta(days=ago) for ago in reversed(range(min(count, _MOST_DAYS)))]
    ended = {day: [0] * _HOURS_A_DAY for day in days}
    failed = {day: [0] * _HOURS_A_DAY for day in days}
    for hour, *counts in hours:
        local = period.local(hour)
        if period.since <= hour < period.until and local.date() in ended:
            ended[local.date()][local.hour] += sum(counts)
            failed[local.date()][local.hour] += sum(counts[1:])
    names = {day: f"{day:%a}" if len(days) <= _DAYS_A_WEEK else f"{day.day} {day:%b}" for day in days}
    return [DayOfHours(names[day], ended[day], failed[day]) for day in days]


def _totals(row: Sequence[Any]) -> Totals:
    return Totals(row[1], row[2], None if row[3] is None else float(row[3]))


def _causes(database: Database, window: Mapping[str, Any]) -> list[Cause]:
    rows = database.result(query("period/causes"), window)
    names = [column.name for column in rows.columns]
    found = [dict(zip(names, row, strict=True)) for row in rows.rows]
    causes = [
        Cause(
            row["occurrences"],
            row["sqlstate"],
            row["latest_error"] or row["message"],
            row["tenants"] or [],
            row["parent_name"] or row["script_name"],
            row["execution_key"],
            row["is_open"],
        )
        for row in found
    ]
    return sorted(causes, key=lambda cause: (cause.is_open is False, -cause.occurrences))


def _slow(row: Sequence[Any]) -> Slow:
    key, name, subject, longest, p50, p95 = row
    named = f"{name} {subject}" if subject else name
    return Slow(key, named, float(longest), p50, p95)


def _finding(row: Sequence[Any]) -> Finding:
    return Finding(row[1], row[2], row[3])


def _shares(rows: Iterable[Sequence[Any]], part: str) -> list[Share]:
    return [Share(name, ended, failed) for kind, name, ended, failed in rows if kind == part]


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y}"
