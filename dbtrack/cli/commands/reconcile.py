"""``dbtrack reconcile``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.schema import Reconciliation

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
) -> None:
    """Find changes that were not recorded; for cron.

    Compares every object, owner, grant, role and setting with the snapshot of the last run. A change that no
    execution explains becomes an execution of type UNATTRIBUTED. Exits 0 if all changes are explained,
    otherwise 3. The first run takes the snapshot.
    """
    from dbtrack import schema

    with destination(output) as stream, connected(connection) as database:
        with ProgressLine("reconcile") as line:
            line.show("reading the catalogs")
            found = schema.reconcile(database, baseline=baseline)
        if found.unattributed or output.format is not None:
            emit(
                schema.CHANGE_COLUMNS,
                found.unattributed,
                stream,
                output,
                title="Unattributed changes",
                report="reconcile",
                database=database,
            )
    if output.verbose or found.outcome is not schema.Outcome.COMPARED:
        messages.say_block("\n".join(f"dbtrack: {line}" for line in _summary(found)))
    if found.unattributed:
        raise typer.Exit(ExitCode.FINDINGS)


def _summary(found: Reconciliation) -> list[str]:
    from dbtrack.schema import Outcome

    match found.outcome:
        case Outcome.BASELINE:
            return [f"took a snapshot of {found.objects} objects; the next run compares with it"]
        case Outcome.RESTORED:
            return [
                "the last snapshot is of another database or server, or was restored from a dump",
                f"took a new one, of {found.objects} objects; what happened before it is unknown",
            ]
        case Outcome.COMPARED_BY_NAME:
            return [
                "the server was upgraded or replaced while capture was suspended",
                f"compared names, owners, columns and privileges of {found.objects} objects",
                "bodies of functions and views were not compared",
            ]
        case Outcome.COMPARED:
            explained = found.changes - len(found.unattributed)
            last = f"{found.window_start:%Y-%m-%d %H:%M:%S%z}"
            counts = f"{found.changes} changed, {explained} of them explained"
            return [f"compared {found.objects} objects with the snapshot of {last}: {counts}"]
        case _:
            assert_never(found.outcome)


COMMANDS = {"reconcile": CommandDefinition(reconcile, EXAMPLES)}
