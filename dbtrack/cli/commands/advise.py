"""``dbtrack advise``: what the record proves to cost time or to be left over."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dbtrack.cli.commands.report import Request, flag, parameters_of, set_parameters
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode
from dbtrack.reports import REPORTS

EXAMPLES = (
    Example("dbtrack advise -d shop", "What cost time in the last 90 days, and what to run."),
    Example("dbtrack advise --kind lock --since 30d", "What executions waited for in 30 days."),
    Example("dbtrack advise --tenant acme", "Of one tenant."),
    Example("dbtrack advise --exit-code > /dev/null", "Exit 3 if there is any, for a script."),
    Example("dbtrack advise --format json -o advice.json", "With the keys of the executions, for a program."),
)
_REPORT = REPORTS["advise"]
# As get_advice has it; given, so that the title names it.
_SINCE = "90d"
_EXIT_CODE = Annotated[
    bool, typer.Option("--exit-code", help="Exit 3 if there is any advice, 0 if there is none.")
]


def _advise(
    *, output: OutputArguments, connection: ConnectionArguments, exit_code: bool, **values: Any
) -> None:
    request = Request(_REPORT, {**values, "since": values.get("since") or _SINCE}, output, connection)
    if request.run_once() and exit_code:
        raise typer.Exit(ExitCode.FINDINGS)


def advise(**values: Any) -> None:
    """List what the record proves to cost time or to be left over, with evidence and a statement.

    Those come first that cost most seconds a month; nothing is run. A repeated failure is no longer listed
    once its latest one is resolved (dbtrack resolve), until it fails again.
    """
    _advise(**values)


set_parameters(advise, [*parameters_of(_REPORT), flag("exit_code", _EXIT_CODE)])

COMMANDS = {"advise": CommandDefinition(advise, EXAMPLES)}
