"""``dbtrack trends``: how throughput, success and durations develop."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from dbtrack.cli.commands.report import Request, flag, parameters_of, set_parameters
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination
from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS, CommandDefinition, Example
from dbtrack.config import zone_for_server
from dbtrack.errors import MissingExtraError
from dbtrack.reports import REPORTS

EXAMPLES = (
    Example("dbtrack trends -d shop", "The last 90 days, a point a day."),
    Example("dbtrack trends --by name --step week", "Which operations become slower from week to week."),
    Example("dbtrack trends --by tenant --step hour --since 7d", "By tenant, hour by hour."),
    Example("dbtrack trends --plot", "The same as charts."),
    Example("dbtrack trends --format json -o trends.json", "With all points, for a program."),
)
_REPORT = REPORTS["trends"]
# As get_trends has it; given, so that the title names it.
_SINCE = {"hour": "7d", "day": "90d", "week": "364d"}
_PLOT = Annotated[
    bool,
    typer.Option("--plot", help="Draw a chart for each measure.", rich_help_panel=OUTPUT_OPTIONS),
]


def _trends(*, output: OutputArguments, connection: ConnectionArguments, plot: bool, **values: Any) -> None:
    if plot and find_spec("plotext") is None:
        raise MissingExtraError("'dbtrack trends --plot'", "plot")
    chosen = {
        **values,
        "zone": values.get("zone") or zone_for_server(output.zone),
        "since": values.get("since") or _SINCE[values["step"]],
    }
    request = Request(_REPORT, chosen, output, connection)
    if plot:
        _plot(request)
    else:
        request.show(None)


def _plot(request: Request) -> None:
    from dbtrack.render.plot import write_plots
    from dbtrack.reports import advance_rollups, prepare

    output = request.output
    with destination(output.output) as stream, connected(request.connection, may_be_behind=True) as database:
        advance_rollups(database, _REPORT)
        request.enter_source(database)
        prepared = prepare(database, _REPORT, request.resolved_arguments(), zone=output.zone)
        names = [column.name for column in prepared.columns]
        rows = [dict(zip(names, row, strict=True)) for row in prepared.rows(database)]
        write_plots(rows, stream, zone=output.zone, has_color=stream.isatty() and stream is sys.stdout)


def trends(**values: Any) -> None:
    """Show how throughput, success and durations develop, and whether they have a trend.

    A point is an hour, a day or a week; only whole ones count. The change is fitted over the whole window,
    and takes account of the hours of the day or the days of the week.
    """
    _trends(**values)


_PARAMETERS = [
    *(
        parameter.replace(default=None) if parameter.name == "zone" else parameter
        for parameter in parameters_of(_REPORT)
    ),
    flag("plot", _PLOT),
]
set_parameters(trends, _PARAMETERS)

COMMANDS = {"trends": CommandDefinition(trends, EXAMPLES)}
