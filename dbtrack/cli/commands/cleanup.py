"""``dbtrack cleanup``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.parse_values import MOST_DAYS
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.errors import UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.activity import working

if TYPE_CHECKING:
    from dbtrack.db import Database

EXAMPLES = (
    Example("dbtrack cleanup --days 90", "What cron runs, nightly; silent unless something is wrong."),
    Example("dbtrack cleanup --days 90 --dry-run", "Say what it would remove, and remove nothing."),
    Example(
        "dbtrack cleanup --archive /var/lib/dbtrack/shop", "Write what it removes into an archive first."
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
            help="Keep what began in the last DAYS days. Default: the setting retention.days, at first 365.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Say what would be removed, and remove nothing.")
    ] = False,
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive",
            metavar="DIR",
            help="Write what goes into this directory first, verify it, and remove exactly that. Needs "
            "DuckDB: pip install 'dbtrack[archive]'.",
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Remove executions older than a number of days; for cron.

    An execution that is still RUNNING is never removed. When another cleanup is at work it exits 11. When the
    archive cannot be written or verified it exits 1, and nothing is removed that is not in it.
    """
    from dbtrack import retention
    from dbtrack.proof.seal import seal_record

    if archive == "":  # a variable that is not set
        raise UsageError("--archive needs a directory")
    if archive is not None and dry_run:
        raise UsageError("give either --archive or --dry-run")
    with connected(connection) as database, working() as progress:
        kept_days = _retention_days(database) if days is None else days
        if archive is None:
            report = retention.cleanup(database, days=kept_days, dry_run=dry_run, progress=progress)
        else:
            from dbtrack.archive import cleanup as cleanup_into

            report = cleanup_into(database, Path(archive), days=kept_days, progress=progress)
        if report.executions and not dry_run:
            seal_record(database)
    if verbose or dry_run:
        messages.say_block("\n".join(report.lines))


def _retention_days(database: Database) -> int:
    from dbtrack.schema import settings

    ((_, value, *_),) = settings.list_settings(database, "retention.days")
    return int(value)


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, cleanup, examples=EXAMPLES)
