"""The demonstration from start to end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dbtrack.demo.print_reports import show_reports, tell_more
from dbtrack.demo.run_migrations import play
from dbtrack.demo.scenario import TENANTS
from dbtrack.demo.server import DemoPlace, demo_sql, prepare, start_place
from dbtrack.errors import ExitCode
from dbtrack.terminal.messages import Say
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.db import Database


def run_demo(path: Path | None = None, *, stream: TextIO, say: Say) -> int:
    """Play thirty-odd migrations of three tenants on a PostgreSQL of its own, and show what was recorded.

    The server keeps running. A later run rebuilds the demonstration and touches nothing else.

    Args:
        path: the server's data directory; None for the one that `embedded:` means.
        stream: where the reports and the next steps are written.
        say: writes one line to the user.

    Returns:
        The exit code, 0.

    Raises:
        DbtrackError: the embedded server is missing or does not start, or its database is in other use.
    """
    with ProgressLine() as progress:
        progress.show("Starting PostgreSQL …")
        place = start_place(path)
        if _build(place, progress):
            progress.clear()
            say("Removed the earlier demonstration; everything is recorded again.")
        play(place, progress)
        _maintain(place)
    show_reports(place, stream)
    tell_more(place, stream)
    return ExitCode.DONE


def _build(place: DemoPlace, progress: ProgressLine) -> bool:
    from dbtrack import schema
    from dbtrack.db import Database

    with Database.connect(place.target()) as database:
        was_there = prepare(database, place)
        progress.show("Installing dbtrack …")
        schema.install(database, schema.InstallOptions())
        database.run_script(demo_sql("roles"))
        _add_tenants(database)
    return was_there


def _maintain(place: DemoPlace) -> None:
    from dbtrack import retention
    from dbtrack.db import Database

    with Database.connect(place.target()) as database:
        retention.maintain(database)


def _add_tenants(database: Database) -> None:
    from dbtrack.tenants import tenants

    for tenant in TENANTS:
        tenants.add_tenant(database, tenant.business_key, tenant.title)
        tenants.map_schema(database, tenant.schema, tenant.business_key)
        tenants.grant_tenant(database, tenant.deployer, tenant.business_key, is_default=True)
