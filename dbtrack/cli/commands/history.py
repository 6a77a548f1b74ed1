"""``dbtrack history``: what ran, or with --never what nothing ever touched."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dbtrack.cli.commands.report import Request, flag, parameters_of, set_parameters
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.watch import watch_seconds
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS

Never = Annotated[
    bool,
    typer.Option(
        "--never",
        help="List instead the objects of the database that no recorded execution touched, or none since "
        "--since.",
    ),
]
Statements = Annotated[
    bool, typer.Option("--statements", "-S", help="Also show the statements, or the command lines, redacted.")
]
Ddl = Annotated[
    bool,
    typer.Option(
        "--ddl",
        help="On a terminal, give each DDL a line of its own, also those of an operation that is listed.",
    ),
]
EXAMPLES = (
    Example("dbtrack history public.orders --since friday", "What changed on a table."),
    Example("dbtrack history --since 02:00 --until 03:00", "What ran between two and three."),
    Example("dbtrack history --user alice --since yesterday", "What alice did."),
    Example("dbtrack history --failed --grep orders -n 20", "What failed, and has this text in it."),
    Example(
        "dbtrack history --slow --type migration --since 30d", "Which migrations were slower than usual."
    ),
    Example("dbtrack history --never --since 1y", "What nothing has touched for a year."),
    Example("dbtrack history --tenant acme --watch 2", "One tenant, repeated every two seconds."),
    Example("dbtrack history --format json -o history.json", "Write it to a file, for a program."),
)
_SUMMARY = REPORTS["history"].summary


def _history(
    output: OutputArguments,
    connection: ConnectionArguments,
    never: bool,
    statements: bool,
    ddl: bool,
    **values: Any,
) -> None:
    seconds = watch_seconds(values.pop("watch", None))
    values["object"] = [*(values["object"] or ()), *(values.pop("objects") or ())]
    if never:
        values = _of_objects(values)
    report = REPORTS["never_changed" if never else "history"]
    Request(report, values, output, connection, statements, not ddl).show(seconds)


def _of_objects(values: dict[str, Any]) -> dict[str, Any]:
    known = {parameter.name for parameter in REPORTS["never_changed"].parameters}
    defaults = {parameter.name: parameter.default for parameter in REPORTS["history"].parameters}
    for name, value in values.items():
        if name not in known and value and value != defaults[name]:
            raise UsageError(f"--never lists objects: leave out --{name}")
    return {name: value for name, value in values.items() if name in known}


def history(**values: Any) -> None:
    """List executions, the latest first.

    With objects, only what touched these. The window is the last 7 days, unless --days, --since or --until
    gives another.
    """
    _history(**values)


_FLAGS = (flag("never", Never), flag("statements", Statements), flag("ddl", Ddl))
set_parameters(history, [*parameters_of(REPORTS["history"]), *_FLAGS])

COMMANDS = {"history": CommandDefinition(history, EXAMPLES)}
