"""Periodic maintenance, which cron runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.histories import import_known
from dbtrack.tenants.platform_source import PLATFORM, sync_tenants, tenant_source

_SEARCH_SECONDS = 60
_ANOMALIES = "anomalies"
_DAYS = "days"
# What a step did if it is not the last, and the verb for it in the search.
_UNFINISHED = {"more": "indexed", "removing": "removed"}


@dataclass(frozen=True)
class MaintenanceReport:
    """What was done: (task, outcome, details) a task; outcome is done, postponed, skipped or failed."""

    tasks: Sequence[tuple[str, str, str]]

    @property
    def is_skipped(self) -> bool:
        """Whether nothing was done, because another one is running."""
        return any((task, outcome) == ("maintain", "skipped") for task, outcome, _ in self.tasks)

    @property
    def failures(self) -> list[str]:
        """What went wrong, one line a task."""
        return [f"{task}: {details}" for task, outcome, details in self.tasks if outcome == "failed"]


def maintain(
    database: Database,
    *,
    progress: Callable[[int], None] = lambda _versions: None,
    search_seconds: float = _SEARCH_SECONDS,
) -> MaintenanceReport:
    """Do all periodic maintenance: rollups, future partitions, abandoned executions, the platform's tenants.

    The tables of migration tools that were imported are read again.
    It can be repeated, and run concurrently. If the platform's tenant table cannot be read, the other tasks
    still run.

    Args:
        progress: called with how many versions the search has indexed or removed, after each step.
        search_seconds: after this long, no further step of the search, the anomalies or the days begins; the
            next run continues.

    Raises:
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    with database.transaction():
        tasks = [(t, o, d) for t, o, d in database.call("maintain")]
    searched = [_search_task(database, task, progress, search_seconds) for task in tasks]
    judged = [_anomaly_task(database, task, search_seconds) for task in searched]
    continued = [_days_task(database, task, search_seconds) for task in judged]
    return MaintenanceReport([*continued, *_history_task(database), *_tenant_task(database)])


def _anomaly_task(database: Database, task: tuple[str, str, str], seconds: float) -> tuple[str, str, str]:
    """Go on with the anomalies where `maintain` left them."""
    if task[:2] != (_ANOMALIES, "postponed"):
        return task
    outcome, noted = _continued(database, "advance_anomalies", task, seconds)
    if outcome == "more":
        return _ANOMALIES, "postponed", f"{noted} versions noted, there are more; run: dbtrack maintain"
    return _ANOMALIES, "done", f"{noted} versions noted"


def _days_task(database: Database, task: tuple[str, str, str], seconds: float) -> tuple[str, str, str]:
    """Go on with the rollups of days where `maintain` left them."""
    if task[:2] != (_DAYS, "postponed"):
        return task
    outcome, counted = _continued(database, "advance_rollup_days", task, seconds)
    if outcome == "more":
        return _DAYS, "postponed", f"{counted} executions counted, there are more; run: dbtrack maintain"
    return _DAYS, "done", f"{counted} executions counted"


def _search_task(
    database: Database, task: tuple[str, str, str], progress: Callable[[int], None], seconds: float
) -> tuple[str, str, str]:
    """Go on with the search where `maintain` left it."""
    if task[:2] != ("search", "postponed"):
        return task
    outcome, done = _continued(database, "advance_search", task, seconds, progress)
    if outcome in _UNFINISHED:
        verb = _UNFINISHED[outcome]
        return "search", "postponed", f"{done} versions {verb}, there are more; run: dbtrack maintain"
    if outcome == "off":
        return "search", "skipped", f"{done} versions removed, search.index is off"
    return "search", "done", f"{done} versions indexed"


def _continued(
    database: Database,
    function: str,
    task: tuple[str, str, str],
    seconds: float,
    progress: Callable[[int], None] = lambda _versions: None,
) -> tuple[str, int]:
    """Call a function until it has nothing left to do or the time is over: each step is its own transaction.

    Returns:
        What the last step did, and how many versions all of them did, with those that the task names first.
    """
    until, done, outcome = time.monotonic() + seconds, int(task[2].split()[0]), "more"
    while outcome in _UNFINISHED and time.monotonic() < until:
        progress(done)
        [(outcome, versions)] = database.call(function)
        done += versions
    return outcome, done


def _history_task(database: Database) -> list[tuple[str, str, str]]:
    recorded, failures = import_known(database)
    done = [("migrations", "done", f"{recorded} recorded from migration tools")] if recorded else []
    return done + [("migrations", "failed", failure) for failure in failures]


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
