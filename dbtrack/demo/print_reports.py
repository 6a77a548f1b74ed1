"""Print what the demonstration recorded, and the commands that show more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, TextIO

from dbtrack.demo.scenario import TENANTS
from dbtrack.demo.server import DemoServer

if TYPE_CHECKING:
    from dbtrack.db import Database


@dataclass(frozen=True)
class _DemoReport:
    """A report of the demonstration.

    Args:
        columns: the names of the columns to print, so that a terminal of 80 columns has room; empty for all.
        command: the command that gives it; None for the command of the report's name.
    """

    report: str
    columns: tuple[str, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)
    command: str | None = None


_REPORTS = (
    _DemoReport("dashboard"),
    _DemoReport(
        "history",
        ("execution_key", "script_name", "execution_status", "duration_ms", "tenant"),
        {"type": "MIGRATION"},
    ),
    _DemoReport("error_list", ("script_name", "error_message"), command="errors --each"),
)


def print_reports(server: DemoServer, stream: TextIO) -> None:
    """Write the dashboard, the migrations and the errors, each with the command that shows it."""
    from dbtrack.db import Database

    with Database.connect(server.target()) as database:
        for chosen in _REPORTS:
            options = "".join(f" --{option} {value}" for option, value in chosen.arguments.items())
            stream.write("\n")
            _print_report(
                database,
                chosen,
                f"dbtrack {chosen.command or chosen.report} -d {server.option}{options}",
                stream,
            )


def _print_report(database: Database, chosen: _DemoReport, command: str, stream: TextIO) -> None:
    from dbtrack.render import Format, write
    from dbtrack.reports import REPORTS, run

    report = REPORTS[chosen.report]
    if report.name == "dashboard" and stream.isatty():
        _draw_dashboard(database, command, stream)
        return
    names = [column.name for column in report.columns]
    picked = itemgetter(*(names.index(name) for name in chosen.columns or names))
    rows = (picked(row) for row in run(database, report, chosen.arguments))
    write(Format.TABLE, picked(report.columns), rows, stream, title=f"{report.title} ({command})")


def _draw_dashboard(database: Database, command: str, stream: TextIO) -> None:
    from dbtrack.render.screens.canvas import Canvas
    from dbtrack.render.screens.dashboard import draw_dashboard
    from dbtrack.reports.overview import read_overview

    canvas = Canvas(stream)
    stream.write(f"$ {command}\n")
    draw_dashboard(canvas, database.place, read_overview(database, {}, canvas.zone))


def print_next_steps(server: DemoServer, stream: TextIO) -> None:
    """Write the commands to try next."""
    option = f"-d {server.option}"
    path = "" if server.is_default else f" --path {server.quoted_path}"
    lines = (
        f"The server is still running, in {server.path}. Next steps:",
        f"  dbtrack history {option} --tenant {TENANTS[0].business_key}",
        f"  dbtrack show {option} KEY     (a key of the history above)",
        f"  dbtrack blame {option} shop.orders     (which migration added each column)",
        f"  dbtrack status {option}",
        f"  dbtrack performance {option}",
        f"  dbtrack dashboard {option} --watch 2",
        f"  {server.psql_line()}",
        f"To stop it: dbtrack demo{path} --stop",
        f"To remove it: dbtrack demo{path} --reset",
    )
    stream.write("\n" + "\n".join(lines) + "\n")
