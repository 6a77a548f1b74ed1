"""``dbtrack import``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.histories import History, Imported

EXAMPLES = (
    Example("dbtrack import -d shop", "The history of every migration tool whose table is in the database."),
    Example("dbtrack import flyway --dry-run -d shop", "Show what would be recorded from Flyway's table."),
    Example("dbtrack import django --table '\"Shop\".django_migrations'", "From a table of another name."),
)


def import_history(
    connection: ConnectionArguments,
    output: OutputArguments,
    tool: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOOL]",
            help=(
                "flyway, liquibase, alembic, django, rails, prisma, goose, golang-migrate, dbmate, sqitch, "
                "knex, yoyo or atlas. Default: those whose tables are found."
            ),
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            metavar="TABLE",
            help="The tool's table, if its name is another: SCHEMA.TABLE, as in SQL.",
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            metavar="ZONE",
            help="The time zone of times without one: Europe/Berlin. Default: that of the connection.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show what would be recorded, and record nothing.")
    ] = False,
) -> None:
    """Record the history of a migration tool: Flyway, Liquibase, Alembic, Django, Rails and others.

    Each migration in the tool's table becomes an execution of type MIGRATION, with its time, version,
    checksum, author and outcome. It is linked to the DDL that it ran, as far as the transactions tell. It can
    be repeated: only what is new is recorded. From then on, 'dbtrack maintain' does the same. Requires
    dbtrack's admin role.
    """
    from dbtrack.histories import IMPORT_COLUMNS

    if table is not None and tool is None:
        raise UsageError("--table needs the tool", hint="dbtrack import flyway --table SCHEMA.TABLE")
    with destination(output) as stream, connected(connection) as database:
        imported = _imported(database, _histories(database, tool, table), timezone, dry_run=dry_run)
        rows = [row for one in imported for row in one.rows]
        if rows or output.format is not None:
            emit(IMPORT_COLUMNS, rows, stream, output, title="Migrations", report="import", database=database)
    for one in imported:
        messages.say(f"dbtrack: {_summary(one, dry_run=dry_run)}")


def _histories(database: Database, tool: str | None, table: str | None) -> list[History]:
    from dbtrack.histories import TOOLS, find_histories, find_tool, named_history

    tools = TOOLS if tool is None else (find_tool(tool),)
    if table is not None:
        return [named_history(database, tools[0], table)]
    found = find_histories(database, tools)
    if not found:
        names = ", ".join(name for one in tools for name in one.tables)
        what = "no migration tool has" if tool is None else f"{tools[0].name} has no"
        raise DbtrackError(
            f"{what} {'a ' if tool is None else ''}table in {database.name}",
            hint=f"looked for {names}; name another table with --table"
            if tool
            else "name the tool, and its --table",
        )
    return found


def _imported(
    database: Database, histories: list[History], zone: str | None, *, dry_run: bool
) -> list[Imported]:
    from dbtrack.histories import import_histories

    unreadable = [history for history in histories if not history.is_readable]
    for history in unreadable:
        messages.warn(f"{history.table} was left out: grant SELECT on it, and USAGE on its schema")
    if len(unreadable) == len(histories):
        raise DbtrackError("no table can be read", hint="GRANT SELECT on it to the role that imports")
    readable = [history for history in histories if history.is_readable]
    return import_histories(database, readable, zone=zone, dry_run=dry_run)


def _summary(imported: Imported, *, dry_run: bool) -> str:
    count = len(imported.rows)
    verb = "would record" if dry_run else "recorded"
    linked = sum(bool(row[7]) for row in imported.rows)
    known = f", {linked} of them with their DDL" if linked else ""
    history = imported.history
    return f"{verb} {count} of {imported.read} rows of {history.table} ({history.tool.name}){known}"


COMMANDS = {"import": CommandDefinition(import_history, EXAMPLES)}
