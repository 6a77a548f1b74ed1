"""``dbtrack uninstall``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Quiet
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack uninstall --keep-data --yes -d shop", "Stop recording; keep what was recorded."),
    Example("dbtrack uninstall --yes -d shop", "Remove it and every record."),
    Example(
        "dbtrack uninstall --yes --cascade -d shop", "Remove also the views of others that depend on it."
    ),
)


def uninstall(
    connection: ConnectionArguments,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    keep_data: Annotated[
        bool,
        typer.Option("--keep-data", help="Remove triggers and functions; keep the tables and their rows."),
    ] = False,
    cascade: Annotated[
        bool,
        typer.Option(
            "--cascade",
            help="Drop also the objects of others that depend on dbtrack's, or are in its schema.",
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Remove dbtrack from a database.

    Without --yes it says what would go, and asks on a terminal; elsewhere it removes nothing and exits 2.
    It stops, and names them, where objects that are not dbtrack's would be dropped too. Other sessions can
    work meanwhile: the event triggers go first, and it waits up to a minute for the transactions that are
    open then.
    """
    from dbtrack import schema

    with connected(connection) as database:
        if not yes:
            outside = schema.outside_dependents(database) if cascade and not keep_data else []
            _confirm([*schema.uninstall_preview(database, keep_data=keep_data), *outside])
        report = schema.uninstall(database, keep_data=keep_data, cascade=cascade, waiting=messages.say)
    if not quiet:
        messages.say_block("\n".join(report.lines))


def _confirm(would_go: list[str]) -> None:
    messages.say_block("\n".join(["This would remove:", *(f"  {line}" for line in would_go)]))
    if not sys.stdin.isatty():
        raise UsageError("nothing was removed", hint="add --yes to remove it")
    sys.stderr.write("Type 'yes' to remove it: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise DbtrackError("nothing was removed")


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, uninstall, examples=EXAMPLES)
