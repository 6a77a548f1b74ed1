"""``dbtrack show``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.objects import AsOf
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit_sections, is_screen
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.objects.model import ObjectDifference
    from dbtrack.render import Section

EXAMPLES = (
    Example("dbtrack show 3f9ac2d41b07", "The digits that history shows are sufficient."),
    Example("dbtrack show last-failed", "The latest failure."),
    Example("dbtrack show nightly-load~1", "The last run but one of an operation."),
    Example("dbtrack show 3f9ac2d41b07 --as-of '2 hours ago'", "As the record stood two hours ago."),
    Example("dbtrack show V42__due_dates --diff", "Also its objects before and after."),
    Example("dbtrack show 3f9ac2d41b07 --decrypt", "Also show its secret metadata."),
    Example('dbtrack show "$key" --format json', "One JSON object, for a program."),
)


def show(
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="The execution's key, or at least its first 6 digits; last, last-failed, or a name; NAME~1 "
            "is the one before.",
        ),
    ],
    decrypt: Annotated[
        bool, typer.Option("--decrypt", help="Also show secret metadata; needs the key that encrypted it.")
    ] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Also show what its objects were before and after, by their history."),
    ] = False,
    as_of: AsOf = None,
    *,
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Show one execution: versions, objects, privileges, children.

    Also shows the statement that ran, redacted, and its metadata.
    """
    from dbtrack.operations import check_execution_word, is_key, resolve_execution_word

    check_execution_word(key)  # before connecting
    with destination(output) as stream, connected(connection, may_be_behind=True) as database:
        # Who asks for a key of others is noted by the report.
        key = key if is_key(key) else resolve_execution_word(database, key).hex()
        hidden = [_secrets(database, key)] if decrypt else []
        parts = chain(_parts(database, key, as_of, output), hidden)
        if is_screen(stream, output):
            _draw(parts, stream, output)
            if diff:
                _draw_differences(_changes(database, key), key, stream, output)
        else:
            differences = [_differences(_changes(database, key))] if diff else []
            emit_sections("show", chain(parts, differences), stream, output)


def _secrets(database: Database, key: str) -> Section:
    from dbtrack.config import key_ring
    from dbtrack.operations import SECRET_COLUMNS, decrypted
    from dbtrack.render import Section

    return Section("show_secrets", SECRET_COLUMNS, decrypted(database, key, key_ring(os.environ)), "Secrets")


def _parts(database: Database, key: str, as_of: str | None, output: OutputArguments) -> Iterator[Section]:
    from dbtrack.render import Section
    from dbtrack.reports import REPORTS, run

    parts = [report for report in REPORTS.values() if report.part_of == "show"]
    for report in parts:
        takes_time = any(parameter.name == "as_of" for parameter in report.parameters)
        if as_of is not None and not takes_time:
            continue  # it is about the present
        given = {"key": key, "as_of": as_of} if takes_time else {"key": key}
        rows = run(database, report, given, zone=output.zone, records_access=report is parts[0])
        if as_of is not None and report is parts[0]:
            rows = _found_then(rows, key, as_of)
        yield Section(report.name, report.columns, rows, report.title)


def _changes(database: Database, key: str) -> Iterator[ObjectDifference]:
    from dbtrack.objects.reading import changes_of
    from dbtrack.operations import resolve_execution_word

    return changes_of(database, resolve_execution_word(database, key))


def _differences(found: Iterable[ObjectDifference]) -> Section:
    from dbtrack.objects.rows import DIFFERENCE_COLUMNS, difference_rows
    from dbtrack.render import Section

    return Section("show_differences", DIFFERENCE_COLUMNS, difference_rows(found), "Differences")


def _draw_differences(
    found: Iterable[ObjectDifference], key: str, stream: TextIO, output: OutputArguments
) -> None:
    from dbtrack.objects.following import own_changes
    from dbtrack.objects.screens.changes import write_differences

    stream.write("\n")
    write_differences(canvas_for(stream, output), (f"diff {key[:8]}",), own_changes(found))


def _found_then(rows: Iterator[tuple[Any, ...]], key: str, as_of: str) -> Iterator[tuple[Any, ...]]:
    """Return the rows; an execution that was recorded later is an error, and not an empty answer."""
    first = next(rows, None)
    if first is None:
        raise UsageError(f"the execution {key} was recorded after {as_of}")
    return chain([first], rows)


def _draw(parts: Iterator[Section], stream: TextIO, output: OutputArguments) -> None:
    from dbtrack.render.screens.record import read_parts
    from dbtrack.render.screens.show import draw_show

    draw_show(canvas_for(stream, output), read_parts(parts), verbose=output.verbose)


COMMANDS = {"show": CommandDefinition(show, EXAMPLES)}
