"""``dbtrack uninstall``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dbtrack.cli import talk
from dbtrack.cli.framework import Example, PlainCommand, command
from dbtrack.cli.options import ConnectionArguments, Quiet
from dbtrack.cli.session import connected
from dbtrack.errors import DbtrackError, UsageError

EXAMPLES = (
    Example("dbtrack uninstall --keep-data --yes -d shop", "Stop recording; keep what was recorded."),
    Example("dbtrack uninstall --yes -d shop", "Remove it and every record."),
)


def uninstall(
    connection: ConnectionArguments,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    keep_data: Annotated[
        bool,
        typer.Option("--keep-data", help="Remove triggers and functions; keep the tables and their rows."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Remove dbtrack from a database.

    Without --yes it says what would go, and asks on a terminal; elsewhere it removes nothing and exits 2.
    """
    from dbtrack import schema

    with connected(connection) as database:
        if not yes:
            _confirm(schema.uninstall_preview(database, keep_data=keep_data))
        report = schema.uninstall(database, keep_data=keep_data)
    if not quiet:
        talk.say_block("\n".join(report.lines))


def _confirm(would_go: list[str]) -> None:
    talk.say_block("\n".join(["This would remove:", *(f"  {line}" for line in would_go)]))
    if not sys.stdin.isatty():
        raise UsageError("nothing was removed", hint="add --yes to remove it")
    sys.stderr.write("Type 'yes' to remove it: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise DbtrackError("nothing was removed")


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, uninstall, examples=EXAMPLES)
