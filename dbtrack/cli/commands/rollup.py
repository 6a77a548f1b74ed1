"""``dbtrack rollup``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, Verbose
from dbtrack.cli.program.typer_adapter import Example, PlainCommand, command
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack rollup -d shop", "Count what is not counted yet; silent unless something is wrong."),
    Example("dbtrack rollup -v --env prod", "The first time over a long history: say how far it is."),
    Example("dbtrack rollup --rebuild -d shop", "Count everything anew, from the rows."),
)


def rollup(
    connection: ConnectionArguments,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Count everything anew, from the rows.")] = False,
    verbose: Verbose = False,
) -> None:
    """Count what reports read, so that they stay quick.

    In small transactions, the latest hours first; interrupted, it goes on where it was. Reports are right
    without it, and slower. `dbtrack maintain` does one step of it.
    """
    from dbtrack import retention

    def tell(counted: int, gap_end: datetime | None) -> None:
        if verbose:
            rest = "" if gap_end is None else f"; hours before {gap_end:%Y-%m-%d %H:%M %Z} wait"
            messages.say(f"{counted} executions counted{rest}")

    with connected(connection) as database:
        retention.roll_up(database, rebuild=rebuild, progress=tell)


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, rollup, examples=EXAMPLES)
