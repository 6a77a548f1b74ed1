"""``dbtrack advise``: what the record proves to cost time or to be left over."""

from __future__ import annotations

import sys
from inspect import Parameter as Argument
from inspect import Signature
from typing import Annotated, Any

import typer

from dbtrack.cli.commands.report import Request, explain, parameters_of
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination
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
    with destination(output) as stream, connected(connection) as database:
        prepared, count = request.write(database, stream)
    explain(prepared, request.resolved_arguments(), count, on_terminal=sys.stdout.isatty())
    if count and exit_code:
        raise typer.Exit(ExitCode.FINDINGS)


def advise(**values: Any) -> None:
    """List what the record proves to cost time or to be left over, with evidence and a statement.

    Those come first that cost most seconds a month; nothing is run. A repeated failure is no longer listed
    once its latest one is resolved (dbtrack resolve), until it fails again.
    """
    _advise(**values)


_PARAMETERS = [
    *parameters_of(_REPORT),
    Argument("exit_code", Argument.KEYWORD_ONLY, default=False, annotation=_EXIT_CODE),
]
advise.__annotations__ = {parameter.name: parameter.annotation for parameter in _PARAMETERS}
advise.__dict__["__signature__"] = Signature(_PARAMETERS)

COMMANDS = {"advise": CommandDefinition(advise, EXAMPLES)}
