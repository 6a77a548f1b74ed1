"""Periodic maintenance, which cron runs, and cleanup."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError
from dbtrack.tenants.platform_source import PLATFORM, sync_tenants, tenant_source

_ROWS_A_STEP = 20_000
_LOCK_ATTEMPTS = 20
_LOCK_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class MaintenanceReport:
    """What was done: (task, outcome, details) a task; outcome is done, postponed, skipped or failed."""

    tasks: Sequence[tuple[str, str, str]]

    @property
    def failures(self) -> list[str]:
        """What went wrong, one line a task."""
        return [f"{task}: {details}" for task, outcome, details in self.tasks if outcome == "failed"]


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
        unsettled: the months that other sessions wrote to while they were archived; they were skipped.
    """

    is_dry_run: bool
    days: int
    executions: int = 0
    months: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)


def maintain(database: Database) -> MaintenanceReport:
    """Do all periodic maintenance: rollups, future partitions, abandoned executions, the platform's tenants.

    It can be repeated, and run concurrently. If the platform's tenant table cannot be read, the other tasks
    still run.

    Raises:
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    with database.transaction():
        tasks = [(t, o, d) for t, o, d in database.call("maintain")]
    return MaintenanceReport([*tasks, *_tenant_task(database)])


def _tenant_task(database: Database) -> list[tuple[str, str, str]]:
    if tenant_source(database) != PLATFORM:
        return []
    try:
        changes = sync_tenants(database)
    except DbtrackError as error:
        return [("tenants", "failed", error.message)]
    refused = [str(change.tenant) for change in changes if change.change == "refused"]
    if refused:
        return [
            ("tenants", "failed", f"{PLATFORM} has tenants that cannot be copied: {', '.join(refused[:5])}")
        ]
    return [("tenants", "done", f"{len(changes)} changes from {PLATFORM}")]


def retention_cutoff(database: Database, days: int) -> datetime:
    """Return the time `days` days ago, by the server's clock.

    Raises:
        PermissionDeniedError: the role is not an administrator of dbtrack.
        UsageError: days is not 1 to 36500.
    """
    cutoff: datetime = database.call_value("retention_cutoff", p_retention_days=days)
    return cutoff


def roll_up(
    database: Database,
    *,
    rebuild: bool = False,
    progress: Callable[[int, datetime | None], None] = lambda _counted, _gap_end: None,
    wait_seconds: float = 5,
    waiting: Callable[[str], None] = lambda _holder: None,
) -> int:
    """Advance the rollups in small transactions until they are complete; return how many were counted.

    After an interruption, the next run continues. Reports are correct meanwhile, as they also read the rows.

    Args:
        rebuild: count everything again.
        progress: called after each step with how many executions are counted, and the time before which hours
            are not counted yet, None if there are none.
        wait_seconds: how long to wait for another session that has the rollups locked.
        waiting: called once, with the holder of the lock, when a wait begins.

    Raises:
        LockedError: another session still has them locked after that time.
        PermissionDeniedError: the role is neither an operator nor an administrator of dbtrack.
    """
    if rebuild:
        database.call("rebuild_rollups")
    counted = 0
    outcome = "more"
    deadline: float | None = None
    while outcome != "done":
        [(outcome, executions, gap_end)] = database.call("advance_rollups")
        if outcome == "skipped":
            holder = _rollup_holder(database)
            if deadline is None:
                deadline = time.monotonic() + wait_seconds
                waiting(holder)
            if time.monotonic() >= deadline:
                raise _rollups_locked(holder)
            time.sleep(_LOCK_PAUSE_SECONDS)
        else:
            deadline = None
            counted += executions
            progress(counted, gap_end)
    return counted


def _rollup_holder(database: Database) -> str:
    return database.call_value("get_rollup_holder") or "another session"


def _rollups_locked(holder: str) -> LockedError:
    return LockedError(
        f"the rollups are locked by {holder}",
        hint="reports are correct without them; run it again when that transaction has ended",
    )


def cleanup(
    database: Database, *, days: int, dry_run: bool = False, progress: Callable[[str], None] = lambda _: None
) -> CleanupReport:
    """Remove executions that started more than `days` days ago and have ended, in small transactions.

    Args:
        progress: called with a short description of each step.

    Raises:
        LockedError: another cleanup is running.
        UsageError: days is not 1 to 36500.
    """
    report = CleanupReport(dry_run, days)
    cutoff = retention_cutoff(database, days)
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
        if report.executions > already or len(report.months) > already_months:
            database.call("record_cleanup")


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
