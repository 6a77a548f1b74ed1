"""``dbtrack anomalies``: what was unusual."""

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
    Example("dbtrack anomalies -d shop", "The last 7 days, the latest first."),
    Example(
        "dbtrack anomalies --measure new --since 30d", "Logins, addresses, agents seen for the first time."
    ),
    Example("dbtrack anomalies --tenant acme --all", "Of one tenant, also what is below the threshold."),
    Example("dbtrack anomalies --since 1h --exit-code", "For a script: exits 3 if there is any."),
    Example("dbtrack anomalies --format json -o anomalies.json", "With all columns, for a program."),
)
_REPORT = REPORTS["anomalies"]
_EXIT_CODE = Annotated[bool, typer.Option("--exit-code", help="Exit 3 if there is any, else 0.")]


def _anomalies(
    *, output: OutputArguments, connection: ConnectionArguments, exit_code: bool, **values: Any
) -> None:
    # Given, so that the title names it.
    request = Request(_REPORT, {**values, "since": values["since"] or "7d"}, output, connection)
    with destination(output) as stream, connected(connection) as database:
        prepared, count = request.write(database, stream)
    explain(prepared, request.resolved_arguments(), count, on_terminal=sys.stdout.isatty())
    if exit_code and count:
        raise typer.Exit(ExitCode.FINDINGS)


def anomalies(**values: Any) -> None:
    """Show what was unusual: bursts, failures, durations, lock waits, and what was never seen before.

    Each has a score and a sentence that says why. What is unusual at the same time in the same tenant is
    one anomaly. The setting anomalies.per_week says about how many may come: dbtrack maintain chooses the
    threshold by the eight weeks before.
    """
    _anomalies(**values)


_PARAMETERS = [
    *parameters_of(_REPORT),
    Argument("exit_code", Argument.KEYWORD_ONLY, default=False, annotation=_EXIT_CODE),
]
anomalies.__annotations__ = {parameter.name: parameter.annotation for parameter in _PARAMETERS}
anomalies.__dict__["__signature__"] = Signature(_PARAMETERS)

COMMANDS = {"anomalies": CommandDefinition(anomalies, EXAMPLES)}
