"""Clean up after archiving."""

from __future__ import annotations

from pathlib import Path

from dbtrack import retention
from dbtrack.archive.directory import locked_directory
from dbtrack.archive.duckdb_engine import require_engine
from dbtrack.archive.month_snapshot import ArchiveRun, Progress, archive_months
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.retention import CleanupReport

_ATTEMPTS = 5


class _ChangedError(Exception):
    """An execution that was archived, or skipped as running, has changed since."""


def cleanup(
    database: Database,
    directory: Path,
    *,
    days: int,
    override: str | None = None,
    progress: Progress = lambda _: None,
) -> CleanupReport:
    """Archive the executions that started more than `days` days ago, and remove exactly these.

    Args:
        directory: the archive's; created if it does not exist.
        override: the reason for removing what a rule asks to keep at once available; it is recorded.
        progress: called with a short description of each step.

    Raises:
        DbtrackError: the archive could not be written or verified; nothing that is not archived was removed.
        LockedError: another cleanup is running.
        UsageError: days is not 1 to 36500, or a rule asks to keep what would be removed.
    """
    require_engine()
    cutoff = retention.retention_cutoff(database, days)
    retention.permit_cleanup(database, days, is_archived=True, override=override)
    report = CleanupReport(is_dry_run=False, days=days, began=retention.server_clock(database))
    report.conflicts = retention.conflicting_rules(database, days, is_archived=True)
    with locked_directory(directory):
        for _ in range(_ATTEMPTS):
            archived = archive_months(database, directory, cutoff, progress)
            _add_to_report(archived, report)
            try:
                retention.remove_expired(
                    database, archived.cutoff, report, guarded=_guarded(archived), progress=progress
                )
            except _ChangedError:
                continue  # an old operation was closed meanwhile: the next attempt archives it
            return report
    raise DbtrackError(
        "the executions to remove keep changing while they are archived; the rest was not removed",
        hint="run it again later",
    )


def _guarded(archived: ArchiveRun) -> retention.GuardedStep:
    def guarded(database: Database, step: retention.Step) -> retention.StepResult:
        if not archived.lock_if_unchanged(database):
            raise _ChangedError
        result = step()
        # Dropping the partition would also remove rows that were added to the month since.
        if result.months and result.executions > sum(map(archived.executions_in, result.months)):
            raise _ChangedError
        return result

    return guarded


def _add_to_report(archived: ArchiveRun, report: CleanupReport) -> None:
    report.files += [manifest.file for manifest in archived.written]
    report.unsettled = archived.postponed
