"""``dbtrack demo``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages

EXAMPLES = (
    Example("dbtrack demo", "Start the server, run the migrations, and show the reports."),
    Example("dbtrack history -d embedded:", "Afterwards: any command can use this database."),
    Example("dbtrack demo --stop", "Stop the server; the data stays."),
)


def demo(
    path: Annotated[
        Path | None,
        typer.Option(
            "--path",
            metavar="DIRECTORY",
            help="The directory of its data. Default: in the user's data directory.",
        ),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Only stop the server; the data stays.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Only stop the server and remove its data.")] = False,
) -> None:
    """Try dbtrack on its own PostgreSQL server.

    Starts a PostgreSQL 18 in the user's data directory, installs dbtrack, runs some thirty migrations of
    three tenants (including a failing, a slow and a rolled-back one), and shows the reports. A second run
    starts from the beginning. Needs: pip install 'dbtrack[embedded]'.
    """
    if reset and stop:
        raise UsageError("give --reset or --stop, not both")
    from dbtrack import demo as core

    if stop:
        code = core.stop_demo(path, say=messages.say)
    elif reset:
        code = core.reset_demo(path, say=messages.say)
    else:
        code = core.run_demo(path, stream=sys.stdout, say=messages.say)
    raise typer.Exit(code)


COMMANDS = {"demo": CommandDefinition(demo, EXAMPLES)}
