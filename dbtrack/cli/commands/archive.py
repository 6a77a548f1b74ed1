"""``dbtrack archive``: list, query, restore."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments, Verbose
from dbtrack.cli.options.lake_options import NoVerify
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import ExitCode, UsageError
from dbtrack.status import Status
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.archive import RestoreReport

ABOUT = """List, query and restore what 'dbtrack cleanup --archive' wrote.

An archive is a directory of Parquet files, one or more for each month (UTC), each with a manifest. Needs
DuckDB: pip install 'dbtrack[archive]'.
"""
EXAMPLES = (
    Example("dbtrack archive list /var/lib/dbtrack/shop", "List the files, and check that they are intact."),
    Example("dbtrack archive query /var/lib/dbtrack/shop --name add-due-date", "When did this run?"),
    Example(
        "dbtrack archive query DIR 'SELECT script_type, count(*) FROM executions GROUP BY 1'",
        "Any query in DuckDB's SQL.",
    ),
    Example("dbtrack archive query s3://backup/shop --status failed", "An archive that was copied to S3."),
    Example("dbtrack archive restore DIR --month 2026-01 -d shop", "Restore one month."),
)
_MOMENT = " E.g. 2026-01-01, 'last month', 90d (docs/reports.md)."

Place = Annotated[str, typer.Argument(metavar="DIR", help="The archive's directory, or s3://BUCKET/PREFIX.")]


def list_all(place: Place, output: OutputArguments) -> None:
    """List the files and verify each, without connecting.

    Exits 3 if a file is missing, is not as it was written, or lacks its manifest.
    """
    from dbtrack import archive

    with archive.archive_directory(place) as directory:
        listed = archive.list_archive(directory)
        files_without_manifest = archive.files_without_manifest(directory)
    for name in files_without_manifest:
        messages.warn(f"{place.rstrip('/')}/{name} has no manifest and is ignored")
    with destination(output) as stream:
        emit(
            archive.ARCHIVED_FILE_COLUMNS,
            [each.row for each in listed],
            stream,
            output,
            title="Archive",
            report="archive list",
        )
    if files_without_manifest or not all(each.is_verified for each in listed):
        raise typer.Exit(ExitCode.FINDINGS)


def query(
    place: Place,
    output: OutputArguments,
    sql: Annotated[
        str | None,
        typer.Argument(
            metavar="SQL",
            help="One SELECT from the tables executions, versions and links; instead of filters.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="TIME", help="Only executions that started at or after this time." + _MOMENT
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="TIME", help="Only executions that started before this time." + _MOMENT
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Only executions with exactly this name.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only this type.")] = None,
    status: Annotated[
        Status | None,
        typer.Option("--status", metavar="STATUS", case_sensitive=False, help="Only this status."),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(
            "--tenant", metavar="TENANT", help="Only this tenant: its short name, or its key in hexadecimal."
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-n", metavar="N", min=1, help="Maximum number of executions, the latest first."
        ),
    ] = None,
    no_verify: NoVerify = False,
) -> None:
    """Query the archive, in SQL or by filters, without connecting.

    Without SQL it shows the executions, the latest first. Only a SELECT is run, and it can read no other
    file. Exits 3, without an answer, if a file is missing or was altered.
    """
    from dbtrack import archive

    filters = archive.Filters(since, until, name, kind, status and status.value, tenant, limit)
    if sql is not None and filters != archive.Filters():
        raise UsageError("give either SQL or filters")
    in_zone = replace(filters, zone=output.zone)
    statement = archive.executions_query(in_zone) if sql is None else sql
    with (
        destination(output) as stream,
        archive.archive_directory(place) as directory,
        archive.query(directory, statement, verify=not no_verify) as answer,
    ):
        emit(answer.columns, answer.rows, stream, output, title="Archive", report="archive query")


def restore(
    place: Place,
    connection: ConnectionArguments,
    month: Annotated[
        str | None,
        typer.Option(
            "--month", metavar="YYYY-MM", help="Only executions that began in this month (UTC). Default: all."
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Restore archived executions that are not in the database.

    Executions are restored unchanged, and the restore itself is recorded as an execution. The next cleanup
    removes them again. Requires the role dbtrack_admin.
    """
    from dbtrack import archive

    archive.require_engine()
    with (
        archive.archive_directory(place) as directory,
        connected(connection) as database,
        ProgressLine("archive restore") as progress,
    ):
        report = archive.restore(database, directory, month=month, progress=progress.show)
    if verbose:
        messages.say_block("\n".join(_summary(report)))


def _summary(report: RestoreReport) -> list[str]:
    present = report.archived_rows - report.rows
    lines = [f"restored {report.executions} executions, {report.rows} rows"]
    if present:
        lines.append(f"{present} rows were already there")
    return lines


_MEMBERS = {
    "list": CommandDefinition(list_all, EXAMPLES[:1]),
    "query": CommandDefinition(query, EXAMPLES[1:4]),
    "restore": CommandDefinition(restore, EXAMPLES[4:]),
}
COMMANDS = {"archive": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
