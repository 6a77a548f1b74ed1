"""Periodic maintenance, which cron runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.tenants.platform_source import PLATFORM, sync_tenants, tenant_source


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
