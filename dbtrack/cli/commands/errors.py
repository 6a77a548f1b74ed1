"""``dbtrack errors``: by cause, one by one, or as they are recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbtrack.cli.commands.report import Request, flag, parameters_of, set_parameters
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.watch import repeat, watch_seconds
from dbtrack.errors import ExitCode, UsageError
from dbtrack.render.formats import Format
from dbtrack.reports import REPORTS
from dbtrack.reports.model import Report

if TYPE_CHECKING:
    from dbtrack.db import Database

_POLL_SECONDS = 1.0
_OPEN_HOURS = 30 * 24
_HOURS = next(parameter.default for parameter in REPORTS["errors"].parameters if parameter.name == "hours")

Each = Annotated[bool, typer.Option("--each", help="List each error, instead of grouping by cause.")]
Open = Annotated[
    bool,
    typer.Option(
        "--open",
        help="Only what did not succeed later and nobody has resolved, of the last 30 days unless --hours or "
        "--since is given; exits 3 while there is any, else 0.",
    ),
]
Follow = Annotated[
    bool,
    typer.Option(
        "--follow",
        "-f",
        help="Print each error as it is recorded, one per line, until Ctrl-C, which then exits 0.",
    ),
]

EXAMPLES = (
    Example("dbtrack errors -d shop", "The causes of the last 24 hours, the latest first."),
    Example("dbtrack errors --each --tenant acme --since 7d", "The errors of one tenant, one by one."),
    Example("dbtrack errors public.orders --since 'last night'", "What failed on a table, by cause."),
    Example("dbtrack errors --open --since 7d", "What nobody has dealt with; exits 3 while there is any."),
    Example("dbtrack errors --follow", "Errors as they are recorded, on a terminal."),
    Example("dbtrack errors --follow --format jsonl", "The same for a program, one object per line."),
    Example("dbtrack errors --format json -o errors.json", "Write them to a file, for a program."),
)


# By --open and --each.
_REPORTS = {
    (False, False): "errors",
    (False, True): "error_list",
    (True, False): "open_errors",
    (True, True): "open_error_list",
}


def _errors(output: OutputArguments, connection: ConnectionArguments, **values: Any) -> None:
    seconds = watch_seconds(values.pop("watch", None))
    values["object"] = [*(values["object"] or ()), *(values.pop("objects") or ())]
    is_open, follow = values.pop("open"), values.pop("follow")
    if values["hours"] is None:
        values["hours"] = _OPEN_HOURS if is_open else _HOURS
    report = REPORTS[_REPORTS[is_open, values.pop("each")]]
    request = Request(report, values, output, connection)
    if follow:
        if is_open:
            raise UsageError("--follow prints errors as they are recorded: leave out --open")
        _check_follow(values, output, seconds)
        _follow(request)
    elif is_open and seconds is None:
        if request.run_once():
            raise typer.Exit(ExitCode.FINDINGS)
    else:
        request.show(seconds)


def _check_follow(values: dict[str, Any], output: OutputArguments, seconds: float | None) -> None:
    if seconds is not None or values["until"] is not None:
        raise UsageError("--follow continues until Ctrl-C: leave out --until and --watch")
    if output.output is not None:
        raise UsageError("--follow writes to standard output: leave out --output")
    if output.format not in {None, Format.PLAIN, Format.JSONL}:
        raise UsageError(f"--follow writes lines, not {output.format}", hint="--format plain or jsonl")


def _follow(request: Request) -> None:
    from dbtrack.render.formats import Section
    from dbtrack.render.text import write_lines
    from dbtrack.reports.follow import ErrorFollower

    follower = ErrorFollower(request.resolved_arguments(), request.output.zone)
    columns = REPORTS["error_list"].columns

    def write_new(database: Database) -> None:
        request.enter_source(database)
        rows = follower.new(database)
        write_lines(request.output.format or Format.PLAIN, Section("errors", columns, rows), sys.stdout)
        sys.stdout.flush()

    repeat(request.connection, _POLL_SECONDS, write_new)


def _function(report: Report) -> Callable[..., None]:
    flags = [flag("each", Each), flag("open", Open), flag("follow", Follow)]
    # Whether the hours were given matters: what is open is looked for further back.
    options = [
        option.replace(default=None) if option.name == "hours" else option for option in parameters_of(report)
    ]

    def show(**values: Any) -> None:
        _errors(**values)

    show.__doc__ = f"{report.summary}\n\n{_DETAILS}"
    set_parameters(show, [*flags, *options])
    return show


_DETAILS = """
    A cause is an SQLSTATE, if it is known, and a message without the names and numbers in it. Each cause
    shows how often and when it occurred, the latest statement, the server's hint, and the operation to
    which the statement belonged; and whether the same succeeded later, or who has resolved it. With
    --open it lists only what is neither: see dbtrack resolve.
"""

COMMANDS = {"errors": CommandDefinition(_function(REPORTS["errors"]), EXAMPLES)}
