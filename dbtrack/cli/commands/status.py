"""``dbtrack status``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, MonitoringArguments
from dbtrack.cli.output import destination, emit, is_screen
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.config import spool_path
from dbtrack.errors import DbtrackError, ExitCode

if TYPE_CHECKING:
    from dbtrack.activity.overview import Check
    from dbtrack.db import Database

_NAGIOS_UNKNOWN = 3

EXAMPLES = (
    Example("dbtrack status -d shop", "Is everything recorded, and has anything failed?"),
    Example("dbtrack status --full", "Also compare the catalogs with the record, and verify all seals."),
    Example("dbtrack status --format nagios --env prod", "For a monitoring system."),
)


def status(
    full: Annotated[
        bool,
        typer.Option("--full", help="Also run reconcile and verify, instead of showing their last results."),
    ] = False,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="TENANT", help="Only this tenant's executions and failures."),
    ] = None,
    *,
    output: MonitoringArguments,
    connection: ConnectionArguments,
) -> None:
    """Check everything at once: one screen, one exit code.

    Checks the installation as doctor does, capture, operations, storage, rollups, seals, endpoints, the
    server's log, reconcile, verify, the spool of this machine, and whether a failure is open. Exits 0 if
    nothing needs attention, otherwise 3. What this login may not see is UNKNOWN and no finding.
    """
    if output.is_check:
        raise typer.Exit(_check(output, connection, tenant, full=full))
    from dbtrack.activity.overview import worst

    with destination(output.output) as stream, connected(connection, replay=False) as database:
        checks = _checks(database, connection, tenant, full=full)
        _write(checks, stream, output, database.place)
    if worst(checks) in {"CRITICAL", "WARNING"}:
        raise typer.Exit(ExitCode.FINDINGS)


def _checks(
    database: Database, connection: ConnectionArguments, tenant: str | None, *, full: bool
) -> list[Check]:
    from dbtrack.activity.overview import Scope, check_all

    target = target_of(connection)
    words = tenant or target.tenant
    key = database.call_value("resolve_tenant", tenant=words) if words else None
    return check_all(database, Scope(target, spool_path(os.environ), key, is_full=full))


def _write(checks: list[Check], stream: TextIO, output: MonitoringArguments, place: str) -> None:
    from dbtrack.activity.overview import CHECK_COLUMNS
    from dbtrack.activity.overview_screen import draw_overview

    plain = output.plain()
    if is_screen(stream, plain):
        draw_overview(canvas_for(stream, plain), place, checks)
    else:
        rows = [check.row for check in checks]
        emit(CHECK_COLUMNS, rows, stream, plain, title="Status", report="status")


def _check(
    output: MonitoringArguments, connection: ConnectionArguments, tenant: str | None, *, full: bool
) -> int:
    """Write the line of a plugin, and return its exit code."""
    from dbtrack.columns import Column, Kind
    from dbtrack.render.nagios import write_nagios

    columns = (
        Column("health_metric", Kind.IDENTIFIER, "Check"),
        Column("current_status", Kind.STATUS, "Status"),
        Column("details", Kind.TEXT, "Details"),
    )
    with destination(output.output) as stream:
        try:
            with connected(connection, replay=False) as database:
                checks = _checks(database, connection, tenant, full=full)
        except DbtrackError as error:
            # A plugin writes its result to standard output even when it fails.
            stream.write(f"DBTRACK UNKNOWN - {' '.join(error.message.split())}\n")
            return _NAGIOS_UNKNOWN
        return write_nagios(columns, [check.row[:3] for check in checks], stream)


COMMANDS = {"status": CommandDefinition(status, EXAMPLES)}
