"""``dbtrack rollup``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

EXAMPLES = (
    Example("dbtrack rollup -d shop", "Count new executions; prints nothing unless something is wrong."),
    Example("dbtrack rollup -v --env prod", "For the first time on a long history, showing the progress."),
    Example("dbtrack rollup --rebuild -d shop", "Count everything again from the rows."),
)


def rollup(
    connection: ConnectionArguments,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Count everything again from the rows.")] = False,
    verbose: Verbose = False,
) -> None:
    """Update the counts that reports read, so that reports stay fast.

    Counts in small transactions, the latest hours first. If it is interrupted, the next run continues where
    it stopped. Without it, reports are correct but slower. `dbtrack maintain` does one step of it. If another
    session has the rollups locked, it waits for five seconds, then names that session and exits with 11.
    """
    from dbtrack import retention

    def tell(counted: int, gap_end: datetime | None) -> None:
        line.count(counted, None, "executions")
        if verbose:
            rest = (
                "" if gap_end is None else f"; hours before {gap_end:%Y-%m-%d %H:%M %Z} are not counted yet"
            )
            messages.say(f"{counted} executions counted{rest}")

    def tell_waiting(holder: str) -> None:
        line.show(f"waiting for {holder}")
        if verbose:
            messages.say(f"waiting for {holder}")

    with connected(connection) as database, ProgressLine("rollup") as line:
        retention.roll_up(database, rebuild=rebuild, progress=tell, waiting=tell_waiting)


COMMANDS = {"rollup": CommandDefinition(rollup, EXAMPLES)}
