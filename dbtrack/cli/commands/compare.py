"""``dbtrack compare``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbtrack.cli.connection import connected_to
from dbtrack.cli.options.connection_options import OutputArguments, Quiet
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS, CommandDefinition, Example
from dbtrack.config import ConnectionOptions, ConnectionTarget, resolve_target
from dbtrack.errors import DbtrackError, ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.compare import Comparison, Counts, Side

_DIFFERENT, _TROUBLE = 1, 2
_EXCERPT_CHARACTERS = 60
_LEFT, _RIGHT = 4, 5

EXAMPLES = (
    Example("dbtrack compare prod staging", "What differs, and who changed it last."),
    Example("dbtrack compare prod staging --operations", "Which migrations one of them lacks."),
    Example(
        "dbtrack compare prod staging --schema public --format json", "All of one schema, for a program."
    ),
    Example("dbtrack compare 'host=old dbname=shop' 'host=new dbname=shop' --privileges", "After a move."),
)


def compare(
    left: Annotated[
        str,
        typer.Argument(
            metavar="LEFT", help="An environment, or a connection string or URI.", show_default=False
        ),
    ],
    right: Annotated[
        str, typer.Argument(metavar="RIGHT", help="What to compare it with.", show_default=False)
    ],
    output: OutputArguments,
    operations: Annotated[
        bool, typer.Option("--operations", help="Compare only the recorded operations.")
    ] = False,
    definitions: Annotated[
        bool,
        typer.Option("--definitions", help="Compare only the definitions; dbtrack need not be installed."),
    ] = False,
    script_type: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="Types of operations to compare. Default: MIGRATION."),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="TENANT", help="Only the operations of this tenant.")
    ] = None,
    schema: Annotated[
        list[str] | None,
        typer.Option("--schema", metavar="SCHEMA", help="Only the definitions of this schema."),
    ] = None,
    privileges: Annotated[
        bool, typer.Option("--privileges", help="Compare owners and privileges too.")
    ] = False,
    no_password: Annotated[
        bool,
        typer.Option(
            "--no-password",
            "-w",
            help="Never ask for a password; fail if one is needed.",
            rich_help_panel=CONNECTION_OPTIONS,
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Compare two databases: their migrations, and the definitions of their objects.

    An operation is compared by its name: whether it ran on both sides, how it ended last, and in which
    order. Definitions come from the catalogs. Each difference names who made the last change to the object,
    in which operation, if the record has it.

    Exits as diff does: 0 if nothing differs, 1 if something does, and with 2 or more if it could not compare.
    """
    from dbtrack.compare import Comparison, Counts

    if operations and definitions:
        raise UsageError("--operations and --definitions exclude each other")
    wanted = Comparison(
        types=() if definitions else tuple(script_type or ("MIGRATION",)),
        with_definitions=not operations,
        schemas=schema or None,
        privileges=privileges,
        tenant=tenant,
    )
    counts = Counts()
    with _trouble(), _sides(left, right, no_password=no_password) as sides:
        _write(sides, wanted, counts, output)
    if not quiet:
        messages.say(f"dbtrack: {_summary(counts)}")
    if counts.differences:
        raise typer.Exit(_DIFFERENT)


def _write(sides: tuple[Side, Side], wanted: Comparison, counts: Counts, output: OutputArguments) -> None:
    from dbtrack.compare import COMPARE_COLUMNS, compare

    left, right = sides
    rows: Iterator[tuple[Any, ...]] = compare(left, right, wanted, counts)
    if output.format is None:
        first = next(rows, None)
        if first is None and output.output is None:
            return  # as diff: what is equal prints nothing
        rows = map(_excerpt, chain([] if first is None else [first], rows))
    with destination(output) as stream:
        emit(COMPARE_COLUMNS, rows, stream, output, title=f"{left.name} and {right.name}", report="compare")


def _excerpt(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the row with the first line in which the definitions differ, for a table."""
    left, right = (str(row[place] or "").splitlines() for place in (_LEFT, _RIGHT))
    same = next(
        (number for number, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]),
        min(len(left), len(right)),
    )
    shown = [_clip(lines[same] if same < len(lines) else "") for lines in (left, right)]
    return (*row[:_LEFT], *shown, *row[_RIGHT + 1 :])


def _clip(line: str) -> str | None:
    line = line.strip()
    return (line if len(line) <= _EXCERPT_CHARACTERS else f"{line[: _EXCERPT_CHARACTERS - 1]}…") or None


def _summary(counts: Counts) -> str:
    found = f"{counts.differences} differences" if counts.differences else "nothing differs"
    compared = [
        f"{number} {what}"
        for number, what in ((counts.operations, "operations"), (counts.objects, "objects and parts"))
        if number
    ]
    return f"{found}; compared {' and '.join(compared) or 'nothing'}"


@contextmanager
def _trouble() -> Iterator[None]:
    """Exit with 2 where dbtrack otherwise exits with 1, which means here that something differs."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (DbtrackError, OSError) as error:
        if isinstance(error, DbtrackError) and error.exit_code is not ExitCode.FAILED:
            raise
        hint = error.hint if isinstance(error, DbtrackError) else None
        messages.fail(error.message if isinstance(error, DbtrackError) else str(error), hint)
        raise typer.Exit(_TROUBLE) from error


@contextmanager
def _sides(left: str, right: str, *, no_password: bool) -> Iterator[tuple[Side, Side]]:
    from dbtrack.compare import Side

    targets = [_target(word, no_password=no_password) for word in (left, right)]
    with connected_to(targets[0], replay=False) as one, connected_to(targets[1], replay=False) as other:
        names = [
            word if _is_environment(word) else database.name
            for word, database in ((left, one), (right, other))
        ]
        if names[0] == names[1]:
            names = [f"{names[0]} (left)", f"{names[1]} (right)"]
        yield Side.of(names[0], one), Side.of(names[1], other)


def _target(word: str, *, no_password: bool) -> ConnectionTarget:
    if _is_environment(word):
        options = ConnectionOptions(environment=word, no_password=no_password)
    else:
        options = ConnectionOptions(dbname=word, no_password=no_password)
    return resolve_target(options, os.environ)


def _is_environment(word: str) -> bool:
    """Return whether a word names an environment: a connection string has = or :."""
    return not ("=" in word or ":" in word)


COMMANDS = {"compare": CommandDefinition(compare, EXAMPLES)}
