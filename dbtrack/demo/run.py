"""Run the demonstration from start to end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dbtrack.demo.print_reports import print_next_steps, print_reports
from dbtrack.demo.run_migrations import run_migrations
from dbtrack.demo.scenario import TENANTS
from dbtrack.demo.server import DemoServer, demo_sql, mark_and_clear, start_server
from dbtrack.errors import ExitCode
from dbtrack.terminal.messages import Say
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.db import Database


def run_demo(path: Path | None = None, *, stream: TextIO, say: Say) -> int:
    """Run some thirty migrations of three tenants on an embedded PostgreSQL, and show what was recorded.

    The server keeps running. A later run rebuilds the demonstration and changes nothing else.

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
        server = start_server(path)
        if _install(server, progress):
            progress.clear()
            say("Removed the earlier demonstration; everything is recorded again.")
        run_migrations(server, progress)
        _maintain(server)
    print_reports(server, stream)
    print_next_steps(server, stream)
    return ExitCode.DONE


def _install(server: DemoServer, progress: ProgressLine) -> bool:
    from dbtrack import schema
    from dbtrack.db import Database

    with Database.connect(server.target()) as database:
        was_there = mark_and_clear(database, server)
        progress.show("Installing dbtrack …")
        schema.install(database, schema.InstallOptions())
        database.run_script(demo_sql("roles"))
        _add_tenants(database)
    return was_there


def _maintain(server: DemoServer) -> None:
    from dbtrack import retention
    from dbtrack.db import Database

    with Database.connect(server.target()) as database:
        retention.maintain(database)


def _add_tenants(database: Database) -> None:
    from dbtrack.tenants import tenants

    for tenant in TENANTS:
        tenants.add_tenant(database, tenant.business_key, tenant.title)
        tenants.map_schema(database, tenant.schema, tenant.business_key)
        tenants.grant_tenant(database, tenant.deployer, tenant.business_key, is_default=True)
