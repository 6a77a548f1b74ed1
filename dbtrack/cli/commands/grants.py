"""``dbtrack grants``."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.objects import (
    AsOf,
    OfSource,
    as_of_words,
    connected_of,
    database_name,
    emit_report,
    found_object,
    iso,
    read_as_of,
    report_rows,
    show_report,
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
    Example("dbtrack grants --classified pii", "Who can read or write what is classified as pii, and how."),
)


def grants(
    class_name: Annotated[
        str | None, typer.Argument(metavar="[CLASS]", help="With --classified: only what has this class.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ROLE", help="Only privileges of this role; PUBLIC for everybody's."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="OBJECT", help="Only privileges on this object.")
    ] = None,
    classified: Annotated[
        bool,
        typer.Option(
            "--classified",
            help="Who has access to what is classified: by grants, through roles, as owner, as superuser.",
        ),
    ] = False,
    as_of: AsOf = None,
    source: OfSource = None,
    *,
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """List the privileges of a role or on an object, and who granted them when.

    These are privileges that were granted to the role by its name. What it has as a member of another role,
    as an owner or as a superuser is not listed, but with --classified.
    """
    if classified:
        if on is not None or to is not None:
            raise UsageError("--classified is about all objects and roles", hint="leave out --to and --on")
        if source is not None:
            raise UsageError("classes stay at the source", hint="run this there")
        _classified(class_name, as_of, output, connection)
        return
    if class_name is not None:
        raise UsageError(f"{class_name} is not an option", hint=f"dbtrack grants --on {class_name}")
    if to is None and on is None:
        raise UsageError("give a role or an object", hint="dbtrack grants --to ROLE, or --on OBJECT")
    from dbtrack.reports import REPORTS

    report = REPORTS["grants"]
    with destination(output) as stream, connected_of(connection, source) as database:
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
            title = (what, database_name(database, source), as_of_words(moment, output))
            write_grants(canvas_for(stream, output), title, rows[: output.rows])
        else:
            emit_report(report, rows, stream, output)


def _classified(
    class_name: str | None, as_of: str | None, output: OutputArguments, connection: ConnectionArguments
) -> None:
    from dbtrack.operations.classes import check_class
    from dbtrack.reports import REPORTS

    report = REPORTS["class_access"]
    with destination(output) as stream, connected(connection, may_be_behind=True) as database:
        check_class(database, class_name)
        moment = read_as_of(database, as_of, output)
        arguments = {
            "class_name": class_name,
            "tenant": target_of(connection).tenant,
            "as_of": iso(moment),
        }
        show_report(database, report, arguments, stream, output, as_of_words(moment, output))


COMMANDS = {"grants": CommandDefinition(grants, EXAMPLES)}
