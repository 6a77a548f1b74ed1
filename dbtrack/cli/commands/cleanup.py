"""``dbtrack cleanup``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.parse_values import MOST_DAYS
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.retention import CleanupReport

EXAMPLES = (
    Example("dbtrack cleanup --days 90", "Nightly, from cron; prints nothing unless something is wrong."),
    Example("dbtrack cleanup --days 90 --dry-run", "Show what would be removed, and remove nothing."),
    Example(
        "dbtrack cleanup --archive /var/lib/dbtrack/shop",
        "Write the executions to an archive before removing them.",
    ),
)


def cleanup(
    connection: ConnectionArguments,
    days: Annotated[
        int | None,
        typer.Option(
            "--days",
            metavar="DAYS",
            min=1,
            max=MOST_DAYS,
            help="Keep executions that began in the last DAYS days. Default: the setting "
            "retention.days, initially 365.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show what would be removed, and remove nothing.")
    ] = False,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive",
            metavar="DIR",
            help="Before removing executions, write them to this directory and verify the files. "
            "Not with --dry-run. Needs DuckDB: pip install 'dbtrack[archive]'.",
        ),
    ] = None,
    override: Annotated[
        str | None,
        typer.Option(
            "--override",
            metavar="REASON",
            help="Remove even what a framework in force or a setting retention.least* asks to keep. The "
            "reason and the rules are recorded.",
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Remove executions older than a number of days; for cron.

    An execution that is still RUNNING is never removed, and the settings retention.type.*, retention.tenant.*
    and retention.least.class.* can keep some longer than --days. What retention.most* says is removed at the
    latest is removed, too. Exits 2 and removes nothing if a framework in force (evidence.in_force) or another
    setting retention.least* asks to keep what would be removed. The removal is sealed at the end. Exits 11 if
    another cleanup is running. If the archive cannot be written or verified, it exits 1 and removes nothing
    that is not in the archive.
    """
    from dbtrack import retention
    from dbtrack.proof.seal import seal_record

    if archive == "":  # a variable that is not set
        raise UsageError("--archive needs a directory")
    if archive is not None and dry_run:
        raise UsageError("give either --archive or --dry-run")
    if override is not None and not override.strip():
        raise UsageError("--override needs a reason")
    with connected(connection) as database, ProgressLine("cleanup") as progress:
        kept_days = _retention_days(database) if days is None else days
        if archive is None:
            report = retention.cleanup(
                database, days=kept_days, dry_run=dry_run, override=override, progress=progress.show
            )
        else:
            from dbtrack.archive import cleanup as cleanup_into

            report = cleanup_into(
                database, Path(archive), days=kept_days, override=override, progress=progress.show
            )
        if (report.executions or override) and not dry_run:
            seal_record(database)
    for conflict in report.conflicts:
        messages.warn(conflict)
    if verbose or dry_run:
        messages.say_block("\n".join(_summary(report)))


def _summary(report: CleanupReport) -> list[str]:
    verb = "would remove" if report.is_dry_run else "removed"
    lines = [f"{verb} {report.executions} executions that started more than {report.days} days ago"]
    if report.months:
        lines.append(f"dropped whole months: {', '.join(report.months)}")
    if report.files:
        lines.insert(0, f"archived: {', '.join(report.files)}")
    if report.unsettled:
        lines.append(f"being written, neither archived nor removed: {', '.join(report.unsettled)}")
    if report.postponed:
        lines.append(f"in use, left to the next cleanup: {', '.join(report.postponed)}")
    return lines


def _retention_days(database: Database) -> int:
    from dbtrack.schema import settings

    [setting] = settings.list_settings(database, "retention.days")
    return int(setting.value)


COMMANDS = {"cleanup": CommandDefinition(cleanup, EXAMPLES)}
