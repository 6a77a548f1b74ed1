"""Everything on the dashboard's screen: numbers, what they are compared with, and what needs somebody.

The numbers and the days come from the rollups. The lists read the rows of the last day, and of the last week
at most 20,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dbtrack import sql_files
from dbtrack.reports.dashboard_health import DASHBOARD, HEALTH
from dbtrack.reports.run import bind, run

if TYPE_CHECKING:
    from dbtrack.db import Database

DAYS = 8
_MOST_COUNTED = 20_000
# Counted by the causes of what failed.
_TOLD_BY_CAUSES = frozenset({"success_rate_24h"})


@dataclass(frozen=True)
class Cause:
    """Why executions failed in the last 24 hours.

    Args:
        repaired_at: when it last succeeded, if nothing of it is open; then `occurrences` counts all of them.
    """

    occurrences: int
    sqlstate: str | None
    error: str
    last_seen: datetime
    execution_key: bytes
    script_name: str
    parent_name: str | None
    users: Sequence[str]
    tenants: Sequence[str]
    repaired_at: datetime | None

    @property
    def name(self) -> str:
        """What a person would run again: the operation, or the command itself."""
        return self.parent_name or self.script_name


@dataclass(frozen=True)
class Check:
    """One row of the report health."""

    category: str
    metric: str
    status: str
    details: str

    @property
    def needs_somebody(self) -> bool:
        """Whether it is a finding that somebody has to look at."""
        return self.status in {"WARNING", "CRITICAL"}


_SEES_NOTHING = Check(
    "tenants",
    "no_tenant",
    "WARNING",
    "your login sees nobody's executions; an administrator can grant it a tenant: "
    "dbtrack tenant grant LOGIN TENANT",
)


@dataclass(frozen=True)
class Slow:
    """One of the slowest executions of the last 24 hours."""

    execution_key: bytes
    name: str
    user: str
    duration_ms: Decimal
    started: datetime


@dataclass(frozen=True)
class Busy:
    """How much was done to an object, or by a login."""

    name: str
    executions: int
    failures: int


@dataclass(frozen=True)
class Day:
    """One day in the zone of the reader."""

    day: date
    executions: int
    failures: int


@dataclass(frozen=True)
class Overview:
    """What the dashboard's screen shows.

    Args:
        metrics: the numbers of the report dashboard, by name.
        before: the same of the 24 hours before: operations, success_rate, failed, p95_ms.
        running: the names of what runs, the oldest first.
        causes: what is open comes first.
        counted_since: since when objects and people were counted, if that is less than seven days.
        more_causes: how many are not in `causes`.
    """

    server_version: str
    is_standby: bool
    read_at: datetime
    metrics: Mapping[str, Decimal | None]
    before: Mapping[str, Decimal | None]
    running: Sequence[str]
    days: Sequence[Day]
    causes: Sequence[Cause]
    checks: Sequence[Check]
    slowest: Sequence[Slow]
    objects: Sequence[Busy]
    people: Sequence[Busy]
    counted_since: datetime | None = None
    log_read_at: datetime | None = None
    baseline_at: datetime | None = None
    more_causes: int = 0

    @property
    def needs(self) -> list[Cause | Check]:
        """What needs somebody: failures that did not succeed later, and findings about the record itself."""
        open_causes: list[Cause | Check] = [cause for cause in self.causes if cause.repaired_at is None]
        return open_causes + [
            check for check in self.checks if check.needs_somebody and check.metric not in _TOLD_BY_CAUSES
        ]

    @property
    def repaired(self) -> list[Cause]:
        """What failed and succeeded later."""
        return [cause for cause in self.causes if cause.repaired_at is not None]


def read_overview(
    database: Database, arguments: Mapping[str, object], zone: tzinfo | None = None
) -> Overview:
    """Read everything on the dashboard's screen; the access is recorded as that of the report.

    Args:
        database: one with dbtrack installed; it may be a standby.
        arguments: those of the report dashboard.
        zone: in which days begin; None for the local zone of the machine.

    Raises:
        UsageError, DbtrackError: as `run`.
    """
    tenant = bind(database, DASHBOARD, arguments).get("tenant")
    limits = {"tenant": tenant}
    health = {"tenant": arguments.get("tenant")}
    metrics = {row[0]: row[1] for row in run(database, DASHBOARD, arguments)}
    place = _named(database, "page/place")[0]
    causes = _named(database, "page/causes", limits)
    state = database.call("get_record_state")[0]
    busy = _named(database, "page/busiest", {**limits, "most": _MOST_COUNTED})
    whole = busy[-1]
    return Overview(
        server_version=place["server_version"],
        is_standby=place["is_standby"],
        read_at=place["read_at"],
        metrics=metrics,
        before={
            row["name"]: row["value"]
            for row in _named(database, "page/usual", limits)
            if row["part"] == "day before"
        },
        running=_running(database, tenant),
        days=_days(database, tenant, place["read_at"], zone),
        causes=[_cause(row) for row in causes],
        checks=[
            *([] if place["sees_all"] or place["tenants"] else [_SEES_NOTHING]),
            *(Check(*row[:4]) for row in run(database, HEALTH, health, records_access=False)),
        ],
        slowest=[_slow(row) for row in _named(database, "page/slowest", limits)],
        objects=[_busy(row) for row in busy if row["part"] == "object"],
        people=[_busy(row) for row in busy if row["part"] == "login"],
        counted_since=whole["since"] if whole["executions"] >= _MOST_COUNTED else None,
        log_read_at=state[0],
        baseline_at=state[1],
        more_causes=max(0, causes[0]["all_causes"] - len(causes)) if causes else 0,
    )


def _named(
    database: Database, query: str, values: Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    result = database.result(sql_files.query(query), values)
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows]


def _running(database: Database, tenant: object) -> list[str]:
    rows = database.call("running_executions", tenant_hk=tenant)
    # Type, name, when it began, version number.
    return [row[1] for row in sorted(rows, key=lambda row: (row[2], row[3]))]


def _days(database: Database, tenant: object, now: datetime, zone: tzinfo | None) -> list[Day]:
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=number) for number in reversed(range(DAYS))]
    first = datetime(days[0].year, days[0].month, days[0].day, tzinfo=zone).astimezone(zone)
    counts = dict.fromkeys(days, (0, 0))
    for hour, completed, *failed in database.call("get_throughput", since=first, tenant_hk=tenant):
        day = hour.astimezone(zone).date()
        executions, failures = counts.get(day, (0, 0))
        counts[day] = (executions + int(completed + sum(failed)), failures + int(sum(failed)))
    return [Day(day, *counts[day]) for day in days]


def _cause(row: Mapping[str, Any]) -> Cause:
    return Cause(
        occurrences=int(row["occurrences"]),
        sqlstate=row["sqlstate"],
        error=row["error"] or "",
        last_seen=row["last_seen"],
        execution_key=row["execution_key"],
        script_name=row["script_name"] or "",
        parent_name=row["parent_name"],
        users=row["users"] or (),
        tenants=row["tenants"] or (),
        repaired_at=row["repaired_at"],
    )


def _slow(row: Mapping[str, Any]) -> Slow:
    is_captured = row["script_type"] in {"DDL_AUTO", "DDL_LOG"}
    name = " ".join(filter(None, (row["script_name"], row["affected_object"] if is_captured else None)))
    return Slow(
        row["execution_key"], name, row["db_session_user"], row["duration_ms"], row["execution_timestamp"]
    )


def _busy(row: Mapping[str, Any]) -> Busy:
    return Busy(row["name"], int(row["executions"]), int(row["failures"]))
