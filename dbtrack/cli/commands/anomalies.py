"""``dbtrack anomalies``: what was unusual."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dbtrack.cli.commands.report import Request, flag, parameters_of, set_parameters
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
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
    if request.run_once() and exit_code:
        raise typer.Exit(ExitCode.FINDINGS)


def anomalies(**values: Any) -> None:
    """Show what was unusual: bursts, failures, durations, lock waits, and what was never seen before.

    Each has a score and a sentence that says why. What is unusual at the same time in the same tenant is
    one anomaly. The setting anomalies.per_week says about how many may come: dbtrack maintain chooses the
    threshold by the eight weeks before.
    """
    _anomalies(**values)


set_parameters(anomalies, [*parameters_of(_REPORT), flag("exit_code", _EXIT_CODE)])

COMMANDS = {"anomalies": CommandDefinition(anomalies, EXAMPLES)}
