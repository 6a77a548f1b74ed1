"""The commands of the reports, made from the definitions in `dbtrack.reports`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter as Argument
from inspect import Signature
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, MonitoringArguments, OutputArguments
from dbtrack.cli.options.report_options import argument_of, option_of
from dbtrack.cli.output import destination, emit, is_screen
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.report_screens import REPORT_SCREENS, needs_somebody
from dbtrack.cli.watch import watch, watch_seconds
from dbtrack.errors import DbtrackError, ExitCode, UsageError
from dbtrack.reports import REPORTS, Column
from dbtrack.reports.filters import described
from dbtrack.reports.model import ParameterKind, Report
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.reports.run import PreparedReport

WatchSeconds = Annotated[
    float | None,
    typer.Option(
        "--watch",
        metavar="SECONDS",
        min=0.1,
        max=86_400,
        help="Repeat every SECONDS, e.g. 2 or 0.5, until Ctrl-C, which then exits 0.",
    ),
]
Check = Annotated[
    bool,
    typer.Option(
        "--check", help="Exit 1 while something needs you: a failure that is open, or a finding of health."
    ),
]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="SOURCE", help="In a vault: only what this source pushed."),
]
ByTenant = Annotated[bool, typer.Option("--by-tenant", help="Show one row for each tenant.")]
_CHECK_COLUMNS = {"health_metric", "current_status", "details"}
_UNKNOWN = 3
_SOURCE = "source"


@dataclass(frozen=True)
class Request:
    """One call of a report: its arguments, the connection and the output options.

    Args:
        statements: also show the statements, in a report that has them on request.
        folds: leave out what ran inside an operation that is listed itself, on a screen without filters.
    """

    report: Report
    arguments: Mapping[str, Any]
    output: OutputArguments
    connection: ConnectionArguments
    statements: bool = False
    folds: bool = False

    def show(self, seconds: float | None) -> None:
        """Run the report once, or every so many seconds."""
        if seconds is None:
            self.run_once()
        else:
            watch(self.connection, seconds, self.draw)

    def run_once(self) -> int:
        """Run the report once and write the result; if it is empty, say what was searched.

        Returns:
            How many rows there were.
        """
        with destination(self.output) as stream, connected(self.connection, may_be_behind=True) as database:
            prepared, count = self.write(database, stream)
        explain(prepared, self.resolved_arguments(), count, on_terminal=sys.stdout.isatty())
        return count

    def draw(self, database: Database, frame: TextIO) -> None:
        """Run the report for one drawing of --watch; with --output, replace the file each time."""
        if self.output.output is None:
            self.write(database, frame)
        else:
            with destination(self.output.output) as stream:
                self.write(database, stream)

    def write(self, database: Database, stream: TextIO) -> tuple[PreparedReport, int]:
        """Run the report and render it; return what was run, and how many rows there were."""
        from dbtrack.reports import advance_rollups, prepare

        report = self.report
        advance_rollups(database, report)
        self.enter_source(database)
        arguments = self.resolved_arguments()
        is_drawn = self._has_screen(stream)
        prepared = prepare(database, report, arguments, zone=self.output.zone, records_access=not is_drawn)
        if is_drawn:
            REPORT_SCREENS[report.name](database, arguments, stream, self.output)
            return prepared, 1
        prepared = prepared.switched(*self._switches(prepared, stream))
        rows = Counted(prepared.rows(database))
        emit(
            self._columns(prepared),
            rows,
            stream,
            self.output,
            title=report.title,
            report=report.name,
            database=database,
            window=prepared.window.words if prepared.window else "",
        )
        return prepared, rows.count

    def enter_source(self, database: Database) -> None:
        """Limit what the connection reads to the source of a vault that was asked for."""
        if (source := self.arguments.get(_SOURCE)) is not None:
            database.call("enter_source", p_source_name=source)

    def _has_screen(self, stream: TextIO) -> bool:
        """Return whether the report is drawn: its screen is about the present, and takes no other columns."""
        is_about_present = not any(self.arguments.get(name) for name in ("since", "until", "as_of"))
        return (
            self.report.name in REPORT_SCREENS
            and is_screen(stream, self.output)
            and is_about_present
            and not self.output.selection
        )

    def run_check(self) -> bool:
        """Run the report once; return whether something needs somebody."""
        with destination(self.output) as stream, connected(self.connection, may_be_behind=True) as database:
            self.write(database, stream)
            return needs_somebody(database, self.resolved_arguments())

    def _switches(self, prepared: PreparedReport, stream: TextIO) -> set[str]:
        """Return the switches of the report's SQL that are set: what a screen or a chosen column needs."""
        words = (*self.output.selection.columns, *self.output.selection.sort)
        names = {word.removeprefix("-") for word in words}
        chosen = {column.switch for column in self.report.columns if column.switch and column.name in names}
        if self.statements:
            chosen.add("statements")
        if is_screen(stream, self.output):
            chosen.add("family")
            if self.folds and not _filters_rows(prepared.values):
                chosen.add("folded")
        return chosen & {*self.report.switches}

    def _columns(self, prepared: PreparedReport) -> list[Column]:
        """Return the columns; the statement that an option asked for is shown in every format."""
        return [
            replace(column, is_detail=False) if column.switch == "statements" else column
            for column in prepared.columns
        ]

    def resolved_arguments(self) -> dict[str, Any]:
        """Return the arguments, with the tenant of the target as the default."""
        tenants = [
            parameter.name for parameter in self.report.parameters if parameter.kind is ParameterKind.TENANT
        ]
        missing = {
            name: target_of(self.connection).tenant for name in tenants if self.arguments.get(name) is None
        }
        own = {name: value for name, value in self.arguments.items() if name != _SOURCE}
        return {**own, **missing, **self._limit()}

    def _limit(self) -> dict[str, int]:
        """Return what -n asks of the server: it sends no more rows, unless they are to be sorted here."""
        most = self.output.rows
        has_limit = any(parameter.kind is ParameterKind.LIMIT for parameter in self.report.parameters)
        if most is None or self.output.sort or not has_limit:
            return {}
        return {"limit": min(most, self.arguments.get("limit") or most)}

    def check(self) -> int:
        """Run the report as a monitoring system's plugin, and return the plugin's exit code."""
        from dbtrack.render.nagios import write_nagios
        from dbtrack.reports import advance_rollups, prepare

        with destination(self.output.output) as stream:
            try:
                with connected(self.connection, may_be_behind=True) as database:
                    advance_rollups(database, self.report)
                    self.enter_source(database)
                    prepared = prepare(
                        database, self.report, self.resolved_arguments(), zone=self.output.zone
                    )
                    code = write_nagios(self.report.columns, prepared.rows(database), stream)
                    explain(prepared, {}, 1, on_terminal=False)
                    return code
            except DbtrackError as error:
                # A plugin writes its result to standard output even when it fails.
                stream.write(f"DBTRACK UNKNOWN - {' '.join(error.message.split())}\n")
                return _UNKNOWN


def _filters_rows(values: Mapping[str, object]) -> bool:
    """Return whether only a part of what ran was asked for: its operation may not be in it."""
    others = ("status", "ticket", "environment")
    return bool(values.get("is_filtered")) or any(values.get(name) is not None for name in others)


class Counted:
    """Rows that are counted while they are read."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            self.count += 1
            yield row


def explain(prepared: PreparedReport, arguments: Mapping[str, Any], count: int, *, on_terminal: bool) -> None:
    """Say on standard error why a report shows nothing.

    A login without tenants is told so in any case, since what it sees must not be taken for all there is.
    What was searched is said on a terminal only: a program knows what it asked for.
    """
    if prepared.sees_nothing and prepared.report.name not in _OF_EVERYBODY:
        messages.warn(_WITHOUT_TENANT)
    elif not count and on_terminal:
        messages.say(f"dbtrack: nothing found: {searched(prepared, arguments)}")


def searched(prepared: PreparedReport, arguments: Mapping[str, Any]) -> str:
    """Return what was searched: the window and the filters."""
    window = [] if prepared.window is None else [prepared.window.words]
    return "; ".join([*window, *described(prepared.report, arguments)]) or "everything"


# These show what a login may see without a tenant.
_OF_EVERYBODY = {"own", "access"}
_WITHOUT_TENANT = (
    "your login has no tenant, so that it sees nobody's executions; an administrator can grant it one: "
    "dbtrack tenant grant TENANT LOGIN; dbtrack own shows what you ran yourself"
)


def _function(report: Report) -> Callable[..., None]:
    def show(
        output: OutputArguments | MonitoringArguments, connection: ConnectionArguments, **values: Any
    ) -> None:
        seconds = watch_seconds(values.pop("watch", None))
        is_check = values.pop("check", False)
        chosen = REPORTS[report.by_tenant] if report.by_tenant and values.pop("by_tenant", False) else report
        if chosen is not report and values.pop("as_of", None) is not None:
            raise UsageError("--as-of shows all tenants together: leave out --by-tenant")
        plain = output.plain() if isinstance(output, MonitoringArguments) else output
        request = Request(chosen, values, plain, connection)
        if isinstance(output, MonitoringArguments) and output.is_check:
            _check(request, seconds)
        elif is_check:
            _exit_with_needs(request, seconds)
        else:
            request.show(seconds)

    show.__doc__ = report.summary
    set_parameters(show, parameters_of(report))
    return show


def _check(request: Request, seconds: float | None) -> None:
    if seconds is not None:
        raise UsageError("--format nagios prints one result: leave out --watch")
    raise typer.Exit(request.check())


def _exit_with_needs(request: Request, seconds: float | None) -> None:
    if seconds is not None or not request.report.has_needs:
        raise UsageError("--check runs the dashboard once: leave out --watch and --by-tenant")
    if request.run_check():
        raise typer.Exit(ExitCode.FAILED)


def set_parameters(command: Callable[..., None], parameters: Sequence[Argument]) -> None:
    """Give a command that takes any words the parameters that its help and its parser show."""
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__dict__["__signature__"] = Signature(parameters)


def flag(name: str, annotation: object) -> Argument:
    """Return the parameter of an option that is off unless it is given."""
    return Argument(name, Argument.KEYWORD_ONLY, default=False, annotation=annotation)


def parameters_of(report: Report) -> list[Argument]:
    """Return the parameters of the command of a report."""
    own = [argument_of(parameter) for parameter in report.parameters if parameter.is_argument]
    own += [option_of(parameter) for parameter in report.parameters]
    own.append(Argument(_SOURCE, Argument.KEYWORD_ONLY, default=None, annotation=Source))
    if report.by_tenant:
        own.append(flag("by_tenant", ByTenant))
    if report.has_needs:
        own.append(flag("check", Check))
    if report.live:
        own.append(Argument("watch", Argument.KEYWORD_ONLY, default=None, annotation=WatchSeconds))
    output = MonitoringArguments if _is_check(report) else OutputArguments
    shared = {"output": output, "connection": ConnectionArguments}
    return own + [Argument(name, Argument.KEYWORD_ONLY, annotation=kind) for name, kind in shared.items()]


def _is_check(report: Report) -> bool:
    return {column.name for column in report.columns} >= _CHECK_COLUMNS


def _examples(report: Report) -> tuple[Example, ...]:
    kinds = {parameter.kind for parameter in report.parameters}
    examples = [Example(f"dbtrack {report.name} -d shop", "Print the report.")]
    if kinds >= {ParameterKind.SINCE, ParameterKind.TENANT}:
        examples.append(
            Example(f"dbtrack {report.name} --tenant acme --since 7d", "One tenant, in the last week.")
        )
    examples.append(
        Example(
            f"dbtrack {report.name} --format json -o {report.name}.json", "Write it to a file, for a program."
        )
    )
    if report.by_tenant:
        examples.append(Example(f"dbtrack {report.name} --by-tenant", "One row for each tenant."))
    if report.has_needs:
        examples.append(
            Example(f"dbtrack {report.name} --check > /dev/null", "Exit 1 while something needs you.")
        )
    if report.live:
        examples.append(Example(f"dbtrack {report.name} --watch 2", "Repeat it every two seconds."))
    if _is_check(report):
        examples.append(
            Example(f"dbtrack {report.name} --format nagios --env prod", "For a monitoring system.")
        )
    return tuple(examples)


# These have modules of their own, with more options.
_OWN_MODULES = {"errors", "history", "performance"}
COMMANDS = {
    name: CommandDefinition(_function(report), _examples(report))
    for name, report in REPORTS.items()
    if report.part_of is None and report.name not in _OWN_MODULES
}
