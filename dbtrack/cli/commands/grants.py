"""``dbtrack grants``."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.objects import (
    AsOf,
    as_of_words,
    emit_report,
    found_object,
    iso,
    read_as_of,
    report_rows,
    shown_name,
)
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, is_screen
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import UsageError

EXAMPLES = (
    Example("dbtrack grants --to bob", "What bob may do, and who granted it when."),
    Example("dbtrack grants --on public.orders", "Who may do what with a table."),
    Example("dbtrack grants --to PUBLIC --as-of 2026-03-01", "What everybody could do on 1 March."),
)


def grants(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ROLE", help="Only privileges of this role; PUBLIC for everybody's."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="OBJECT", help="Only privileges on this object.")
    ] = None,
    as_of: AsOf = None,
    *,
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """List the privileges of a role or on an object, and who granted them when.

    These are privileges that were granted to the role by its name. What it has as a member of another role,
    as an owner or as a superuser is not listed.
    """
    if to is None and on is None:
        raise UsageError("give a role or an object", hint="dbtrack grants --to ROLE, or --on OBJECT")
    from dbtrack.reports import REPORTS

    report = REPORTS["grants"]
    with destination(output) as stream, connected(connection, may_be_behind=True) as database:
        moment = read_as_of(database, as_of, output)
        found = None if on is None else found_object(database, on, moment)
        role = "PUBLIC" if to is not None and to.upper() == "PUBLIC" else to
        arguments = {"to": role, "on": found.key.hex() if found else None, "as_of": iso(moment)}
        rows = report_rows(database, report, arguments, output)
        if is_screen(stream, output):
            from dbtrack.objects.screens.grants import write_grants

            what = " ".join(
                ["grants", *([f"to {role}"] if role else []), *([f"on {shown_name(found)}"] if found else [])]
            )
            title = (what, database.name, as_of_words(moment, output))
            write_grants(canvas_for(stream, output), title, rows[: output.rows])
        else:
            emit_report(report, rows, stream, output)


COMMANDS = {"grants": CommandDefinition(grants, EXAMPLES)}
