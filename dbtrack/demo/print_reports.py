"""What the demonstration prints: three reports, and the commands that show more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, TextIO

from dbtrack.demo.scenario import TENANTS
from dbtrack.demo.server import DemoPlace

if TYPE_CHECKING:
    from dbtrack.db import Database


@dataclass(frozen=True)
class _Shown:
    """A report to show.

    Args:
        columns: the names of those that fit side by side on a terminal of 80 columns; empty for all.
        command: what gives it; None: the command of its name.
    """

    report: str
    columns: tuple[str, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)
    command: str | None = None


_REPORTS = (
    _Shown("dashboard"),
    _Shown(
        "history",
        ("execution_key", "script_name", "execution_status", "duration_ms", "tenant"),
        {"type": "MIGRATION"},
    ),
    _Shown("error_list", ("script_name", "error_message"), command="errors --each"),
)


def show_reports(place: DemoPlace, stream: TextIO) -> None:
    """Write dashboard, history of migrations and errors, each with the command that gives it."""
    from dbtrack.db import Database

    with Database.connect(place.target()) as database:
        for shown in _REPORTS:
            options = "".join(f" --{option} {value}" for option, value in shown.arguments.items())
            stream.write("\n")
            _show(
                database, shown, f"dbtrack {shown.command or shown.report} -d {place.option}{options}", stream
            )


def _show(database: Database, shown: _Shown, command: str, stream: TextIO) -> None:
    from dbtrack.render import Format, write
    from dbtrack.reports import REPORTS, run

    report = REPORTS[shown.report]
    names = [column.name for column in report.columns]
    chosen = itemgetter(*(names.index(name) for name in shown.columns or names))
    rows = (chosen(row) for row in run(database, report, shown.arguments))
    write(Format.TABLE, chosen(report.columns), rows, stream, title=f"{report.title} ({command})")


def tell_more(place: DemoPlace, stream: TextIO) -> None:
    """Write which commands to try next."""
    option = f"-d {place.option}"
    path = "" if place.is_default else f" --path {place.quoted_path}"
    lines = (
        f"The server is still running, in {place.path}. Next steps:",
        f"  dbtrack history {option} --tenant {TENANTS[0].business_key}",
        f"  dbtrack show {option} KEY     (a key of the history above)",
        f"  dbtrack performance {option}",
        f"  dbtrack dashboard {option} --watch 2",
        f"  {place.psql_line()}",
        f"To stop it: dbtrack demo{path} --stop",
        f"To remove it: dbtrack demo{path} --reset",
    )
    stream.write("\n" + "\n".join(lines) + "\n")
