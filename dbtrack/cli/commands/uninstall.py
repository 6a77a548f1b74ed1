"""``dbtrack uninstall``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Quiet
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack uninstall --keep-data --yes -d shop", "Stop recording, and keep the record."),
    Example("dbtrack uninstall --yes -d shop", "Remove dbtrack and the whole record."),
    Example(
        "dbtrack uninstall --yes --cascade -d shop", "Also remove views of others that depend on dbtrack."
    ),
)


def uninstall(
    connection: ConnectionArguments,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    keep_data: Annotated[
        bool,
        typer.Option(
            "--keep-data", help="Remove the triggers and functions, and keep the tables with their rows."
        ),
    ] = False,
    cascade: Annotated[
        bool,
        typer.Option(
            "--cascade",
            help="Also drop objects of others that depend on dbtrack's objects or are in its schema.",
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Remove dbtrack from a database.

    Without --yes it shows what would be removed, and asks for confirmation on a terminal; elsewhere it
    removes nothing and exits 2. If objects of others would be dropped too, it names them and stops. Other
    sessions can continue to work: the event triggers are dropped first, and then it waits up to a minute for
    the transactions that are open at that moment. The roles dbtrack_owner, dbtrack_admin and so on stay:
    other databases of the server may use them.
    """
    from dbtrack import schema

    with connected(connection) as database:
        if not yes:
            outside = schema.outside_dependents(database) if cascade and not keep_data else []
            kept = schema.uninstall_kept(database) if keep_data else []
            _confirm([*schema.uninstall_preview(database, keep_data=keep_data), *outside], kept)
        report = schema.uninstall(database, keep_data=keep_data, cascade=cascade, on_wait=messages.say)
    if not quiet:
        messages.say_block("\n".join(report.lines))


def _confirm(would_go: list[str], would_stay: list[str]) -> None:
    lines = ["This would remove:", *(f"  {line}" for line in would_go)]
    if would_stay:
        lines += ["and keep:", *(f"  {line}" for line in would_stay)]
    messages.say_block("\n".join(lines))
    if not sys.stdin.isatty():
        raise UsageError("nothing was removed", hint="add --yes to remove it")
    sys.stderr.write("Type 'yes' to remove it: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise DbtrackError("nothing was removed")


COMMANDS = {"uninstall": CommandDefinition(uninstall, EXAMPLES)}
