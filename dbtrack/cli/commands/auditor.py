"""``dbtrack auditor``: add, list, remove."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.config import client_zone
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from datetime import datetime

    from dbtrack.db import Database

ABOUT = """Let auditors read the record until a time, and record what they read.

The database decides in each query whether the time has passed.
"""
EXAMPLES = (
    Example("dbtrack auditor add ines --until 2027-04-01", "The login ines reads everything until then."),
    Example("dbtrack auditor add tom --until 4w --tenant acme", "Four weeks, one tenant's records."),
    Example("dbtrack auditor list", "Who may read, until when, and when they read last."),
    Example("dbtrack auditor remove ines", "End it now."),
)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="A login role of the server.")]


def add(
    connection: ConnectionArguments,
    login: Login,
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar="DATE",
            help="When it ends: a day, from its first moment on, a time, or a span from now: "
            "30m, 12h, 4w, 1y.",
        ),
    ],
    tenant: Annotated[
        list[str] | None,
        typer.Option(
            "--tenant",
            metavar="TENANT",
            help="A tenant whose records it reads; may be repeated. Default: everything.",
        ),
    ] = None,
) -> None:
    """Let a login read the record until a time.

    Of an auditor it changes until when and whose records. The login must have no other rights in dbtrack. It
    writes nothing but reviews.
    """
    from dbtrack.tenants import auditors

    with connected(connection) as database:
        end = _moment(database, until)
        auditors.add_auditor(database, login, end, tenant or ())
    messages.say(
        f"dbtrack: {login} may read until {end.astimezone(client_zone(os.environ)):%Y-%m-%d %H:%M %Z}"
    )


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the auditors, and when they read last."""
    from dbtrack.tenants import auditors

    with destination(output) as stream, connected(connection) as database:
        rows = auditors.list_auditors(database)
        emit(
            auditors.AUDITOR_COLUMNS,
            rows,
            stream,
            output,
            title="Auditors",
            report="auditor list",
            database=database,
        )


def remove(connection: ConnectionArguments, login: Login) -> None:
    """End now what an auditor may read.

    Transactions that begin from now on read nothing.
    """
    from dbtrack.tenants import auditors

    with connected(connection) as database:
        if not auditors.remove_auditor(database, login):
            messages.warn(f"{login} is still a member of the role of auditors, which alone shows it nothing")


def _moment(database: Database, text: str) -> datetime:
    from dbtrack.operations.reviews import server_time
    from dbtrack.reports.run import read_moments
    from dbtrack.reports.time_words import Reader

    now, zone = server_time(database), client_zone(os.environ)
    return Reader(now, zone).after(text) or read_moments({"until": text}, now, zone)["until"] or now


_MEMBERS = {
    "add": CommandDefinition(add, EXAMPLES[:2]),
    "list": CommandDefinition(list_all, EXAMPLES[2:3]),
    "remove": CommandDefinition(remove, EXAMPLES[3:]),
}
COMMANDS = {"auditor": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
