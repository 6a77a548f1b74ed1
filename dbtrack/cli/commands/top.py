"""``dbtrack top``."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.config import records_wait, spool_path
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from dbtrack.activity.snapshot import Snapshot
    from dbtrack.activity.view import View
    from dbtrack.db import Database
    from dbtrack.render import Section

_LINES_ONCE = 20

EXAMPLES = (
    Example("dbtrack top -d shop", "Keys are on the last line; q quits."),
    Example("dbtrack top --once", "One look, without keys; so it is off a terminal."),
    Example("dbtrack top --format json", "The same for a program: running, lately, the last hour."),
)


def top(
    every: Annotated[
        float,
        typer.Option("--every", "-s", metavar="SECONDS", min=0.5, max=3600, help="How often it is read."),
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Print it once, without keys.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Of what ended, only what failed.")] = False,
    user: Annotated[
        str | None, typer.Option("--user", metavar="ROLE", help="Of what ended, only this login's.")
    ] = None,
    object_name: Annotated[
        str | None,
        typer.Option("--object", metavar="NAME", help="Of what ended, only what changed such an object."),
    ] = None,
    grep: Annotated[
        str | None,
        typer.Option(
            "--grep", metavar="TEXT", help="Only with this text in name, statement, error or ticket."
        ),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="TENANT", help="Only this tenant: its short name, or its key."),
    ] = None,
    *,
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Show what runs now, for how long, and waiting for whom; and what ended lately.

    The screen is read again every two seconds. If the connection is lost, the screen reports it and tries
    again. Off a terminal, and with --once or --format, it is printed once.
    """
    from dbtrack.activity.snapshot import Filters
    from dbtrack.activity.view import View

    if math.isnan(every):
        raise UsageError("--every needs a number of seconds")
    tenant = tenant or target_of(connection).tenant
    view = View(every, Filters(None, failed, user, object_name, grep), tenant)
    is_live = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    if once or output.format is not None or output.output is not None or not is_live:
        _print_once(view, output, connection)
    else:
        _show_live(view, connection)


def _show_live(view: View, connection: ConnectionArguments) -> None:
    from dbtrack.activity.live import LiveScreen
    from dbtrack.terminal.abilities import abilities_of

    @contextmanager
    def connect() -> Iterator[Database]:
        with connected(connection, show_warnings=False, replay=False) as database:
            _note_access(database, view.tenant)
            yield database

    abilities = abilities_of(sys.stdout, os.environ)

    def run_command(words: Sequence[str]) -> None:
        target = [word for option in _given_options(connection) for word in option]
        subprocess.run([sys.executable, "-m", "dbtrack", *words, *target], check=False)

    screen = LiveScreen(connect, abilities, view, count_spooled=_count_spooled, run_command=run_command)
    try:
        screen.run()
    except KeyboardInterrupt as interrupt:
        # Ctrl-C is a way to quit; SIGTERM is not.
        if type(interrupt) is not KeyboardInterrupt:
            raise


def _given_options(connection: ConnectionArguments) -> list[tuple[str, str]]:
    given = {
        "--host": connection.host,
        "--port": connection.port,
        "--username": connection.username,
        "--dbname": connection.dbname,
        "--env": connection.env,
    }
    return [(option, value) for option, value in given.items() if value is not None]


def _note_access(database: Database, tenant: str | None) -> None:
    """Record that somebody looks at the records of others, as a report does."""
    if not database.in_recovery:
        database.call("record_access", p_report_name="top", p_tenant=tenant, p_key=None)


def _print_once(view: View, output: OutputArguments, connection: ConnectionArguments) -> None:
    from dataclasses import replace

    from dbtrack.activity.screen import Frame, draw
    from dbtrack.activity.snapshot import take_snapshot
    from dbtrack.render import write_sections

    with destination(output.output) as stream, connected(connection) as database:
        _note_access(database, view.tenant)
        tenant = database.call_value("resolve_tenant", tenant=view.tenant) if view.tenant else None
        snapshot = take_snapshot(database, replace(view.filters, tenant=tenant), limit=_LINES_ONCE)
        if output.format is None:
            draw(canvas_for(stream, output), Frame(snapshot, view, spooled=_count_spooled()))
        else:
            write_sections(output.format, "top", _sections(snapshot), stream)


def _sections(snapshot: Snapshot) -> Iterator[Section]:
    from dbtrack.activity.columns import HOUR_COLUMNS, LATELY_COLUMNS, RUNNING_COLUMNS, rows_of
    from dbtrack.render import Section

    rows = rows_of(snapshot)
    yield Section("running", RUNNING_COLUMNS, iter(rows.running), "Running")
    yield Section("lately", LATELY_COLUMNS, iter(rows.lately), "Lately")
    yield Section("last_hour", HOUR_COLUMNS, iter(rows.last_hour), "Last hour, by five minutes")


def _count_spooled() -> int:
    """Return how many records wait in the spool of this machine; not those of commands that run."""
    from dbtrack.spool import State, list_items

    spool = spool_path(os.environ)
    items = list_items(spool) if records_wait(spool) else []
    return sum(item.state is not State.RUNNING for item in items)


COMMANDS = {"top": CommandDefinition(top, EXAMPLES)}
