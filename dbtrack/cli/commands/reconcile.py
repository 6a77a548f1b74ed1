"""``dbtrack reconcile``."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments, Verbose
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.errors import ExitCode
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack reconcile -d shop", "What changed since the last run without a record of it."),
    Example("dbtrack reconcile --baseline -d shop", "Take a new snapshot, and compare nothing."),
    Example("dbtrack reconcile --env prod --format json", "The same for a monitoring job."),
)


def reconcile(
    connection: ConnectionArguments,
    output: OutputArguments,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Take a new snapshot, and compare nothing.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Find changes that nothing recorded; for cron.

    Compares every object, owner, grant, role and setting with the last run's snapshot. A change that no
    execution explains becomes one of type UNATTRIBUTED. Exits 0 when all is explained and 3 when it found
    something. The first run takes the snapshot.
    """
    from dbtrack import schema

    with destination(output.output) as stream, connected(connection) as database:
        found = schema.reconcile(database, baseline=baseline)
        if found.unattributed or output.format is not None:
            emit(schema.CHANGE_COLUMNS, found.unattributed, stream, output, title="Unattributed changes")
    if verbose or found.outcome is not schema.Outcome.COMPARED:
        messages.say_block("\n".join(f"dbtrack: {line}" for line in found.lines))
    if found.unattributed:
        raise typer.Exit(ExitCode.FINDINGS)


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, reconcile, examples=EXAMPLES)
