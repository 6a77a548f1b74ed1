"""What the commands about the history of objects share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import emit
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.objects.model import FoundObject
    from dbtrack.reports import Report

_SHOWN_SOURCES = 5
OBJECT_HELP = (
    "A name as PostgreSQL reads it: orders (of the search path), shop.orders, '\"Order Items\"', "
    "'recalc_totals(date)'. Names that it had before lead to it, too."
)
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="As it stood at this time: 2026-03-01, 02:00, friday, 2 hours ago.",
    ),
]

OfSource = Annotated[
    str | None,
    typer.Option(
        "--source", metavar="SOURCE", help="In a vault: of the database that pushes as this source."
    ),
]


@contextmanager
def connected_of(connection: ConnectionArguments, source: str | None) -> Iterator[Database]:
    """Connect to read the history of objects, in a vault that of one source.

    Raises:
        UsageError: there is no such source.
    """
    with connected(connection, may_be_behind=True) as database:
        if source is not None:
            database.call("enter_source", p_source_name=source)
        elif sources := _sources(database):
            messages.say(
                f"dbtrack: this is about the vault's own database; for another one: --source {sources}"
            )
        yield database


def _sources(database: Database) -> str:
    """Return the sources of a vault whose objects the login may see, for a person; nothing elsewhere."""
    found = sorted({row[1] for row in database.call("get_vault_tenants")})
    return ", ".join([*found[:_SHOWN_SOURCES], *(["…"] if len(found) > _SHOWN_SOURCES else [])])


def database_name(database: Database, source: str | None) -> str:
    """Return what a title calls the database whose objects are shown."""
    return source or database.name


def found_object(database: Database, name: str, moment: datetime | None = None) -> FoundObject:
    """Return what a name stands for, and say on standard error what a reader should know of the choice.

    Raises:
        UsageError: nothing has this name, or it is the name of several functions.
    """
    from dbtrack.objects.names import find, notes, restores

    found = find(database, name, moment)
    for note in notes(name, found, restores(database, found[0], moment)):
        messages.say(f"dbtrack: {note}")
    return found[0]


def read_as_of(database: Database, text: str | None, output: OutputArguments) -> datetime | None:
    """Return the moment of --as-of in the zone of the options; None without it.

    Raises:
        UsageError: it is not a time.
    """
    from dbtrack.objects.moments import read_time

    return None if text is None else read_time(database, text, output.zone)


def report_rows(
    database: Database, report: Report, arguments: dict[str, Any], output: OutputArguments
) -> list[dict[str, Any]]:
    """Run a report and return its rows by column name."""
    from dbtrack.reports import run

    names = [column.name for column in report.columns]
    rows = run(database, report, arguments, zone=output.zone)
    return [dict(zip(names, row, strict=True)) for row in rows]


def emit_report(report: Report, rows: list[dict[str, Any]], stream: TextIO, output: OutputArguments) -> None:
    """Write the rows of `report_rows` in the format of the options."""
    emit(
        report.columns,
        [tuple(row.values()) for row in rows],
        stream,
        output,
        title=report.title,
        report=report.name,
    )


def show_report(
    database: Database,
    report: Report,
    arguments: dict[str, Any],
    stream: TextIO,
    output: OutputArguments,
    window: str = "",
) -> None:
    """Run a report and write its rows in the format of the options.

    Args:
        window: what the title says of the time.
    """
    from dbtrack.reports import run

    emit(
        report.columns,
        run(database, report, arguments, zone=output.zone),
        stream,
        output,
        title=report.title,
        report=report.name,
        database=database,
        window=window,
    )


def as_of_words(moment: datetime | None, output: OutputArguments) -> str:
    """Return the moment for a title; nothing for now."""
    return "" if moment is None else f"as of {moment.astimezone(output.zone):%Y-%m-%d %H:%M:%S}"


def iso(moment: datetime | None) -> str | None:
    """Return a moment as the reports take it."""
    return None if moment is None else moment.isoformat()


def shown_name(found: FoundObject) -> str:
    """Return the name of an object for a title."""
    from dbtrack.render.screens.shortening import short_identity

    return short_identity(found.identity)
