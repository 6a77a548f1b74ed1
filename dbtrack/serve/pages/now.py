"""The page of what is now: what is read for it, and its blocks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from dbtrack.documents import markup
from dbtrack.documents.markup import Markups
from dbtrack.serve.pages import charts, reader
from dbtrack.serve.pages.reader import (
    Busiest,
    Cause,
    Check,
    Execution,
    Place,
    Reader,
    Running,
    Slow,
    Tenant,
    Usual,
)
from dbtrack.serve.pages.templating import render

BLOCKS = ("sum", "needs", "running", "thru", "lately", "slow", "objects", "people", "tenants")
_LATELY = 11
_MOST_CAUSES = 8
_MOST_CHECKS = 4
_MOST_TENANTS = 13
# What these checks find is in the numbers and in the list of failures.
_TOLD_ELSEWHERE = frozenset({"success_rate_24h"})
_HALF_DAY = timedelta(hours=12)
# The relative part of a time changes by itself in the browser: it makes no block a changed one.
_RELATIVE = re.compile(r'<span class="rel[^"]*">[^<]*</span>')
_INTERVAL = re.compile(
    # Not the time of day of a moment: 2026-11-27 15:44:40+00.
    r"(?<!\d\d-\d\d )(?:(?P<days>\d+) days? )?(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d)(?:\.\d+)?"
)
_STATE = (
    ("capture", "capture", ("capture",)),
    ("sealed", "seals", ("seals",)),
    ("counts", "reports", ("reports",)),
    ("storage", "storage", ("storage",)),
    ("operations", "operations", ("operations",)),
)


@dataclass(frozen=True)
class Recent:
    """What changes from one second to the next."""

    place: Place
    lately: Sequence[Execution]
    running: Sequence[Running]

    @property
    def mark(self) -> object:
        """What differs from the mark of an earlier reading if something happened in between."""
        return (
            [(row.key, row.status) for row in self.lately],
            [(row.key, row.waits_for, row.holder) for row in self.running],
        )


@dataclass(frozen=True)
class Trouble:
    """The last 24 hours in numbers, what failed, and the state of the record."""

    dashboard: Mapping[str, Decimal | None]
    causes: Sequence[Cause]
    checks: Sequence[Check]


@dataclass(frozen=True)
class Week:
    """What needs more rows to be read, and changes slowly."""

    hours: Sequence[tuple[datetime, int, int, int, int]]
    usual: Usual
    slowest: Sequence[Slow] | None
    busiest: Busiest | None
    tenants: Sequence[Tenant]


@dataclass(frozen=True)
class Block:
    """One block's HTML, and a digest of what in it does not change by itself."""

    html: str
    digest: str


@dataclass(frozen=True)
class Now:
    """Everything on the page."""

    recent: Recent
    trouble: Trouble
    week: Week
    blocks: Mapping[str, Block] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """A digest of all blocks, by which a browser says what it has."""
        return _digest("".join(self.blocks[name].digest for name in BLOCKS))

    @property
    def failures(self) -> int:
        """How many failures of the last 24 hours nobody repaired."""
        causes = self.trouble.causes
        return int(causes[0].open_failures or 0) if causes else 0


async def read_recent(source: Reader) -> Recent:
    """Read what changes from one second to the next: three cheap statements."""
    place = await reader.read_place(source)
    since = place.read_at - timedelta(days=366)
    return Recent(
        place,
        await reader.read_executions(source, executions_filter(since=since, limit=_LATELY)),
        await reader.read_running(source),
    )


async def read_trouble(source: Reader) -> Trouble:
    """Read the numbers, the causes of failures and the state of the record."""
    return Trouble(
        await reader.read_dashboard(source),
        await reader.read_causes(source),
        await reader.read_health(source),
    )


async def read_week(source: Reader, now: datetime) -> Week:
    """Read what changes slowly."""
    return Week(
        [tuple(row) for row in await source.call("get_throughput", since=charts.first_hour(now))],
        await reader.read_usual(source),
        await reader.read_slowest(source),
        await reader.read_busiest(source),
        await reader.read_tenants(source),
    )


def executions_filter(*, since: datetime, limit: int, **given: object) -> dict[str, object]:
    """Return all parameters of the query page/search_executions."""
    names = (
        "until", "before", "before_version", "statuses", "type", "name", "name_like", "object", "object_near",
        "user", "user_like", "ticket", "tenant", "words",
    )  # fmt: skip
    return {**dict.fromkeys(names), "of_none": False, "since": since, "limit": limit, **given}


def with_blocks(now: Now, base: str, longest: int = 200) -> Now:
    """Return the same with its blocks rendered.

    Args:
        now: what was read.
        base: the path under which the pages are served, without a slash at its end.
        longest: characters of a name; less where names are so hostile that the page would be too large.
    """
    shown = _Shown(now, base, Markups(now.recent.place.read_at, longest))
    views = {
        "sum": _sum, "needs": _needs, "running": _running, "thru": _throughput, "lately": _lately,
        "slow": _slow, "objects": _objects, "people": _people, "tenants": _tenants,
    }  # fmt: skip
    blocks = {}
    for name in BLOCKS:
        html = render(f"blocks/{name}.html", {"m": shown.markups, "base": base, **views[name](shown)})
        blocks[name] = Block(html, _digest(_RELATIVE.sub("", html)))
    return Now(now.recent, now.trouble, now.week, blocks)


@dataclass(frozen=True)
class _Shown:
    now: Now
    base: str
    markups: Markups

    @property
    def place(self) -> Place:
        return self.now.recent.place

    @property
    def open_causes(self) -> list[Cause]:
        return [cause for cause in self.now.trouble.causes if cause.repaired_at is None]

    @property
    def bad_checks(self) -> list[Check]:
        return [
            check for check in self.now.trouble.checks if check.is_bad and check.name not in _TOLD_ELSEWHERE
        ]


def _sum(shown: _Shown) -> dict[str, Any]:
    names = (
        "total_operations_24h", "success_rate_24h", "failed_operations_24h", "p95_duration_ms",
        "max_duration_ms",
    )  # fmt: skip
    dashboard = shown.now.trouble.dashboard
    before = shown.now.week.usual.day_before
    slowest = shown.now.week.slowest
    return {
        "d": {name: dashboard.get(name) for name in names},
        "before": {name: before.get(name) for name in ("operations", "success_rate", "failed", "p95_ms")},
        "small_print": ", ".join(
            _beside_failed(dashboard.get("unfinished_operations_24h"), shown.now.failures)
        ),
        "running": shown.now.recent.running[0].total if shown.now.recent.running else 0,
        "waiting": sum(run.waits_for is not None for run in shown.now.recent.running),
        "longest": slowest[0].name if slowest else None,
        "state": list(_state(shown.now.trouble.checks)),
    }


def _beside_failed(unfinished: Decimal | None, still_open: int) -> list[str]:
    parts = [f"{unfinished:,.0f} cancelled or lost"] if unfinished else []
    return [*parts, f"{still_open:,} open"] if still_open else parts


def _state(checks: Sequence[Check]) -> list[dict[str, str]]:
    """Return the state of the record in a few words for each part: of the worst check, if one is bad."""
    parts = []
    for label, told_by, categories in _STATE:
        of_part = [check for check in checks if check.category in categories]
        if not of_part:
            continue
        worst = next(
            (check for status in ("CRITICAL", "WARNING") for check in of_part if check.status == status), None
        )
        status = worst.status if worst else _best_known(of_part)
        parts.append({"label": label, "status": status, "text": _few_words(told_by, of_part, worst)})
    return parts


def _best_known(checks: Sequence[Check]) -> str:
    return "UNKNOWN" if all(check.status == "UNKNOWN" for check in checks) else "OK"


def _few_words(part: str, checks: Sequence[Check], worst: Check | None) -> str:
    if worst:
        return markup.clipped(_plain_spans(worst.details), 60)
    details = {check.name: check.details for check in checks}
    if part == "capture":
        lost = details.get("capture_failures", "").partition(" ")[0]
        return f"on, {lost} lost" if lost.isdigit() else "on"
    told_by = {"seals": ("seal_lag",), "reports": ("rollup_lag",), "operations": ("open_operations",),
               "storage": ("tracking_size", "partitions_ahead")}[part]  # fmt: skip
    words = ", ".join(details[name] for name in told_by if name in details)
    return markup.clipped(
        _plain_spans(words).removeprefix("last sealed ").split(";")[0].split(", the oldest")[0], 60
    )


def _plain_spans(text: str) -> str:
    """Return the text with each of PostgreSQL's intervals, `3 days 02:11:00`, in its largest unit."""
    return _INTERVAL.sub(
        lambda found: markup.age(
            timedelta(
                days=int(found["days"] or 0),
                hours=int(found["hours"]),
                minutes=int(found["minutes"]),
                seconds=int(found["seconds"]),
            )
        ),
        text,
    )


def _needs(shown: _Shown) -> dict[str, Any]:
    open_causes, checks = shown.open_causes, shown.bad_checks
    counted = shown.now.trouble.causes
    total = int(counted[0].open_causes) if counted else 0
    parts = []
    if total:
        failures = shown.now.failures
        parts.append(f"{_number(total, 'cause')} of {_number(failures, 'failure')}")
    if checks:
        parts.append(_number(len(checks), "finding"))
    repaired = [cause for cause in counted if cause.repaired_at is not None]
    failures_repaired = int(counted[0].all_failures - counted[0].open_failures) if counted else 0
    return {
        "sign": markup.glyph("FAILED")
        if total
        else markup.finding(checks[0].status)
        if checks
        else Markup(""),
        "summary": ", ".join(parts),
        "causes": open_causes[:_MOST_CAUSES],
        "more_causes": total > _MOST_CAUSES,
        "open_causes": total,
        "checks": checks[:_MOST_CHECKS],
        "of_whom": _of_whom(shown.place),
        "repaired": repaired[:3],
        "repaired_summary": f"{_number(failures_repaired, 'failure')} repaired since"
        if failures_repaired
        else "",
    }


def _number(value: int, noun: str) -> str:
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def _of_whom(place: Place) -> str:
    if place.sees_all:
        return " of all tenants" if place.tenants else ""
    return f" of {', '.join(place.tenants[:3])}" if place.tenants else ""


def _running(shown: _Shown) -> dict[str, Any]:
    runs = shown.now.recent.running
    total = runs[0].total if runs else 0
    waiting = sum(run.waits_for is not None for run in runs)
    usual = shown.now.week.usual.p95_ms
    summary = f"{total:,}" if total else ""
    if waiting:
        summary += f", of which {waiting} {'waits' if waiting == 1 else 'wait'}"
    return {
        "runs": [_with_usual(run, usual.get(run.type), shown.place.read_at) for run in runs],
        "total": total,
        "more": total > len(runs),
        "summary": summary,
    }


def _with_usual(run: Running, usual_ms: Decimal | None, now: datetime) -> dict[str, Any]:
    elapsed_ms = max(0.0, (now - run.started).total_seconds() * 1000)
    # In steps, so that the block is not a new one with each second.
    share = round(20 * elapsed_ms / float(usual_ms)) / 20 if usual_ms else 0.0
    return {
        "key": run.key, "name": run.name, "type": run.type, "user": run.user, "tenant": run.tenant,
        "ticket": run.ticket, "statement": run.statement, "started": run.started, "holder": run.holder,
        "waits_for": markup.clipped(run.waits_for, 40) if run.waits_for else None,
        "usual_ms": usual_ms, "share": min(1.0, share),
        "is_late": usual_ms is not None and elapsed_ms > float(usual_ms),
    }  # fmt: skip


def _throughput(shown: _Shown) -> dict[str, Any]:
    return {"t": charts.throughput(shown.now.week.hours, shown.place.read_at)}


def _lately(shown: _Shown) -> dict[str, Any]:
    return {"rows": shown.now.recent.lately}


def _slow(shown: _Shown) -> dict[str, Any]:
    slowest = shown.now.week.slowest
    rows = slowest or []
    return {
        "rows": rows,
        "too_long": slowest is None,
        "most": max((row.duration_ms for row in rows), default=0),
    }


def _window(busiest: Busiest, plain: str) -> str:
    if busiest.is_cut and busiest.since is not None:
        return f"the latest {busiest.executions:,} executions, since {busiest.since:%a %H:%M}"
    return plain


def _objects(shown: _Shown) -> dict[str, Any]:
    busiest = shown.now.week.busiest
    if busiest is None:
        return {"rows": [], "window": "7 days", "too_long": True}
    return {"rows": busiest.objects, "window": _window(busiest, "7 days"), "too_long": False}


def _people(shown: _Shown) -> dict[str, Any]:
    busiest = shown.now.week.busiest
    if busiest is None:
        return {"rows": [], "window": "24 h", "too_long": True}
    return {"rows": busiest.logins, "window": _window(busiest, "24 h"), "too_long": False}


def _tenants(shown: _Shown) -> dict[str, Any]:
    tenants = shown.now.week.tenants
    named = [tenant for tenant in tenants if tenant.name is not None]
    rows = [*named[:_MOST_TENANTS], *(_of_none(tenant, shown) for tenant in tenants if tenant.name is None)]
    if not named:
        return {"rows": [], "summary": "", "more": False, "total": 0}
    summary = (
        f"24 h, all {len(named):,}"
        if len(named) <= _MOST_TENANTS
        else f"24 h, {_MOST_TENANTS} of {len(named):,}"
    )
    if len(rows) > len(named[:_MOST_TENANTS]):
        summary += ", and of none"
    return {"rows": rows, "summary": summary, "more": len(named) > _MOST_TENANTS, "total": len(named)}


def _of_none(tenant: Tenant, shown: _Shown) -> Tenant:
    """Return what belongs to no tenant, with its days: all executions without those of the tenants."""
    executions: dict[int, int] = {}
    failures: dict[int, int] = {}
    for start, completed, *unsuccessful in shown.now.week.hours:
        ago = (shown.place.read_at - start) // _HALF_DAY
        executions[ago] = executions.get(ago, 0) + completed + sum(unsuccessful)
        failures[ago] = failures.get(ago, 0) + sum(unsuccessful)
    for other in shown.now.week.tenants:
        for ago, value in other.by_half_day.items():
            executions[ago] = executions.get(ago, 0) - value
        for ago, value in other.failures_by_half_day.items():
            failures[ago] = failures.get(ago, 0) - value
    return Tenant(
        None, tenant.operations, tenant.failed, tenant.running,
        {ago: max(0, value) for ago, value in executions.items()},
        {ago: max(0, value) for ago, value in failures.items()},
    )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
