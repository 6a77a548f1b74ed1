"""``dbtrack reconcile``."""

from __future__ import annotations

from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments, Verbose
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack reconcile -d shop", "Show unrecorded changes since the last run."),
    Example("dbtrack reconcile --baseline -d shop", "Take a new snapshot without comparing."),
    Example("dbtrack reconcile --env prod --format json", "The same for a monitoring job."),
)


def reconcile(
    connection: ConnectionArguments,
    output: OutputArguments,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Take a new snapshot without comparing.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Find changes that were not recorded; for cron.

    Compares every object, owner, grant, role and setting with the snapshot of the last run. A change that no
    execution explains becomes an execution of type UNATTRIBUTED. Exits 0 if all changes are explained,
    otherwise 3. The first run takes the snapshot.
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


COMMANDS = {"reconcile": CommandDefinition(reconcile, EXAMPLES)}
