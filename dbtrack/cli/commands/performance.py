"""``dbtrack performance``: by type, or with --by by name, object or login."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dbtrack.cli.commands.report import Request, parameters_of, set_parameters
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.report_options import option_of
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.watch import watch_seconds
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS

EXAMPLES = (
    Example("dbtrack performance -d shop", "By type, with rating and usual values."),
    Example("dbtrack performance --by name --since 7d", "Which operations are slower than usual."),
    Example("dbtrack performance --by object -n 10", "The ten objects that took most time today."),
    Example("dbtrack performance --by user --tenant acme", "The logins of one tenant."),
    Example("dbtrack performance --format json -o performance.json", "Write it to a file, for a program."),
    Example("dbtrack performance --watch 2", "Repeat it every two seconds."),
)


def _performance(
    output: OutputArguments, connection: ConnectionArguments, by: str | None, limit: int | None, **values: Any
) -> None:
    seconds = watch_seconds(values.pop("watch", None))
    if by is None and limit is not None:
        raise UsageError("--limit needs --by", hint="dbtrack performance --by name -n 10")
    report = REPORTS["performance" if by is None else "performance_by"]
    chosen = values if by is None else {**values, "by": by, "limit": limit}
    Request(report, chosen, output, connection).show(seconds)


def performance(**values: Any) -> None:
    """Show success rates and durations by type, with trend, rating and usual values.

    With --by, one row for each name, object or login, those that took most time first, each compared with
    its own past.
    """
    _performance(**values)


_OWN = {parameter.name: parameter for parameter in REPORTS["performance_by"].parameters}
_PARAMETERS = [
    option_of(replace(_OWN["by"], default=None)),
    option_of(_OWN["limit"]),
    *parameters_of(REPORTS["performance"]),
]
set_parameters(performance, _PARAMETERS)

COMMANDS = {"performance": CommandDefinition(performance, EXAMPLES)}
