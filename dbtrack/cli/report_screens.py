"""Draw the reports that are more than a table on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.cli.screen import canvas_for

if TYPE_CHECKING:
    from dbtrack.db import Database

DrawReport = Callable[["Database", Mapping[str, Any], TextIO, OutputArguments], None]


def _draw_dashboard(
    database: Database, arguments: Mapping[str, Any], stream: TextIO, output: OutputArguments
) -> None:
    from dbtrack.render.screens.dashboard import draw_dashboard
    from dbtrack.reports.overview import read_overview

    canvas = canvas_for(stream, output)
    overview = read_overview(database, arguments, canvas.zone)
    canvas.now = overview.read_at
    draw_dashboard(canvas, database.place, overview)


def _draw_health(
    database: Database, arguments: Mapping[str, Any], stream: TextIO, output: OutputArguments
) -> None:
    from dbtrack.render.screens.health import draw_health
    from dbtrack.reports import REPORTS, run
    from dbtrack.reports.overview import Check

    rows = list(run(database, REPORTS["health"], arguments))
    checked_at = rows[0][4] if rows else None
    draw_health(canvas_for(stream, output), database.place, [Check(*row[:4]) for row in rows], checked_at)


REPORT_SCREENS: Mapping[str, DrawReport] = {"dashboard": _draw_dashboard, "health": _draw_health}
"""By the name of the report: draws it for the report's arguments."""


def needs_somebody(database: Database, arguments: Mapping[str, Any]) -> bool:
    """Return whether something on the dashboard needs somebody."""
    from dbtrack.reports.overview import read_overview

    return bool(read_overview(database, arguments).needs)
