"""``dbtrack log``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from dbtrack.cli.objects import (
    OBJECT_HELP,
    OfSource,
    connected_of,
    database_name,
    emit_report,
    found_object,
    report_rows,
    shown_name,
)
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, is_screen
from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS, CommandDefinition, Example
from dbtrack.cli.screen import canvas_for

EXAMPLES = (
    Example("dbtrack log public.orders", "The versions of a table, the latest first."),
    Example("dbtrack log public.orders -p -n 3", "The last three, with what each changed."),
    Example("dbtrack log 'recalc_totals(date)' --since 30d", "Of a function, in a month."),
    Example("dbtrack log public.orders --format jsonl", "With all definitions, for a program."),
)


@dataclass(frozen=True)
class LogConnectionArguments(ConnectionArguments):
    """The connection, without -p for the port: as in git, that stands for the differences."""

    port: Annotated[
        str | None,
        typer.Option(
            "--port",
            metavar="PORT",
            help="Port of the server. Default: PGPORT, else 5432.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = None


def log(
    name: Annotated[str, typer.Argument(metavar="OBJECT", help=OBJECT_HELP)],
    patch: Annotated[
        bool, typer.Option("--patch", "-p", help="Show what each version changed, line by line.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Only versions of this time and later: 24h, friday."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Only versions before this time.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="ROWS", min=1, help="Maximum number of versions.")
    ] = None,
    source: OfSource = None,
    *,
    output: OutputArguments,
    connection: LogConnectionArguments,
) -> None:
    """List the versions of an object, the latest first.

    A version is what one execution changed. Versions that changed nothing are left out. The history continues
    behind a renaming; the definitions before and after are in the formats for programs.
    """
    from dbtrack.reports import REPORTS

    report = REPORTS["log"]
    with destination(output) as stream, connected_of(connection, source) as database:
        found = found_object(database, name)
        # What is sorted is limited after that.
        limits = [each for each in (limit, None if output.sort else output.rows) if each is not None]
        arguments = {
            "object": found.key.hex(),
            "since": since,
            "until": until,
            "limit": min(limits, default=None),
        }
        rows = report_rows(database, report, arguments, output)
        if is_screen(stream, output) or (patch and output.format is None):
            from dbtrack.objects.screens.changes import write_log

            title = (f"log {shown_name(found)}", found.object_type, database_name(database, source))
            write_log(canvas_for(stream, output), title, rows, found.object_type, with_differences=patch)
        else:
            emit_report(report, rows, stream, output)


COMMANDS = {"log": CommandDefinition(log, EXAMPLES)}
