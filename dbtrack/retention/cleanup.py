"""Remove executions that are older than the retention allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from dbtrack.db import Database

_ROWS_A_STEP = 20_000
_LOCK_ATTEMPTS = 20
_LOCK_PAUSE_SECONDS = 0.1


class StepResult(NamedTuple):
    """What one step of a cleanup removed, and the months that it postponed."""

    executions: int
    months: list[str]
    postponed: list[str]
    is_finished: bool


Step = Callable[[], StepResult]
GuardedStep = Callable[[Database, Step], StepResult]


@dataclass
class CleanupReport:
    """What a cleanup removed, or in a dry run would remove.

    Args:
        executions: how many executions.
        months: the months whose partitions were dropped whole, as YYYY_MM.
        postponed: the months whose partitions were in use; the next cleanup removes them.
        files: the files of the archive that were written first.
        began: when, by the server's clock; for its record.
        conflicts: rules of retention that contradict each other, one sentence each.
        unsettled: the months that other sessions wrote to while they were archived; they were skipped.
    """

    is_dry_run: bool
    days: int
    executions: int = 0
    months: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    began: datetime | None = None


def server_clock(database: Database) -> datetime:
    """Return the time by the server's clock."""
    now: datetime = database.value("SELECT pg_catalog.clock_timestamp()")
    return now


def retention_cutoff(database: Database, days: int) -> datetime:
    """Return the time `days` days ago, by the server's clock.

    Raises:
        PermissionDeniedError: the role is not an administrator of dbtrack.
        UsageError: days is not 1 to 36500.
    """
    cutoff: datetime = database.call_value("retention_cutoff", p_retention_days=days)
    return cutoff


def permit_cleanup(database: Database, days: int, *, is_archived: bool, override: str | None = None) -> None:
    """Check that a cleanup removes nothing that a rule asks to keep; with an override, record its reason.

    Args:
        is_archived: what it removes is written to an archive first.
        override: the reason for removing it nevertheless.

    Raises:
        PermissionDeniedError: the role is not an administrator of dbtrack.
        UsageError: a rule asks to keep something that it would remove, or an archive is required.
    """
    database.call("permit_cleanup", p_days=days, p_is_archived=is_archived, p_override=override)


def conflicting_rules(database: Database, days: int, *, is_archived: bool) -> list[str]:
    """Return where rules of retention contradict each other, in sentences; not what a cleanup refuses."""
    found = database.call("retention_conflicts", p_days=days, p_is_archived=is_archived)
    return [message for _rule, is_refused, message, _remedy in found if not is_refused]


def cleanup(
    database: Database,
    *,
    days: int,
    dry_run: bool = False,
    override: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> CleanupReport:
    """Remove executions that started more than `days` days ago and have ended, in small transactions.

    Args:
        override: the reason for removing what a rule asks to keep; it is recorded.
        progress: called with a short description of each step.

    Raises:
        LockedError: another cleanup is running.
        UsageError: days is not 1 to 36500, or a rule asks to keep what would be removed.
    """
    report = CleanupReport(dry_run, days, began=server_clock(database))
    cutoff = retention_cutoff(database, days)
    if not (dry_run and override):
        permit_cleanup(database, days, is_archived=False, override=override)
    report.conflicts = conflicting_rules(database, days, is_archived=False)
    if dry_run:
        report.executions = int(database.call_value("count_expired", p_cutoff=cutoff))
    else:
        remove_expired(database, cutoff, report, progress=progress)
    return report


def remove_expired(
    database: Database,
    cutoff: datetime,
    report: CleanupReport,
    *,
    guarded: GuardedStep | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Remove executions that started before the cutoff, add them to the report, and record the cleanup.

    Whole months are dropped first. One that is in use is retried for a while, and then removed row by row.

    Args:
        guarded: runs each step, in the step's transaction; an exception rolls the step back.
    """
    already, already_months = report.executions, len(report.months)
    attempts = _LOCK_ATTEMPTS
    finished = False
    try:
        while not finished:
            waits = attempts > 0
            months = len(report.months)
            finished = _step(database, cutoff, 0 if waits else _ROWS_A_STEP, report, guarded)
            progress(f"removed {report.executions} executions")
            if waits and len(report.months) == months:
                attempts = attempts - 1 if report.postponed else 0
                time.sleep(_LOCK_PAUSE_SECONDS if report.postponed else 0)
    finally:
        # Also where only versions of objects were removed.
        if finished or report.executions > already or len(report.months) > already_months:
            database.call("record_cleanup", p_began=report.began)


def _step(
    database: Database, cutoff: datetime, rows: int, report: CleanupReport, guarded: GuardedStep | None
) -> bool:
    def step() -> StepResult:
        [done] = database.call("cleanup_step", p_cutoff=cutoff, p_most_rows=rows)
        return StepResult(*done)

    with database.transaction():
        result = step() if guarded is None else guarded(database, step)
    report.executions += result.executions
    report.months += result.months
    report.postponed = result.postponed
    return result.is_finished
