"""``dbtrack show``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack.cli.framework import Example, PlainCommand, command
from dbtrack.cli.options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination
from dbtrack.cli.session import connected

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.render import Section

EXAMPLES = (
    Example("dbtrack show 3f9ac2d41b07", "The digits that history shows are enough."),
    Example('dbtrack show "$key" --format json', "One JSON object, for a program."),
)


def show(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="The execution's key, or its first 8 or more hex digits.")
    ],
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Show one execution: versions, objects, children.

    Also the statement that ran, redacted, and what was remembered with it (metadata).
    """
    from dbtrack.tracking.keys import parse_key_range

    parse_key_range(key)  # before connecting
    with destination(output.output) as stream, connected(connection) as database:
        _write(_parts(database, key), stream, output)


def _parts(database: Database, key: str) -> Iterator[Section]:
    from dbtrack.render import Section
    from dbtrack.reports import REPORTS, run

    parts = [report for report in REPORTS.values() if report.part_of == "show"]
    for report in parts:
        rows = run(database, report, {"key": key}, is_noted=report is parts[0])
        yield Section(report.name, report.columns, rows, report.title)


def _write(parts: Iterator[Section], stream: TextIO, output: OutputArguments) -> None:
    from dbtrack.render import default_format, write_sections

    write_sections(output.format or default_format(stream), "show", parts, stream)


def build(name: str) -> PlainCommand:
    """Return the command."""
    return command(name, show, examples=EXAMPLES)
