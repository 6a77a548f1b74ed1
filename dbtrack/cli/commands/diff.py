"""``dbtrack diff``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dbtrack.cli.objects import (
    OBJECT_HELP,
    OfSource,
    connected_of,
    database_name,
    found_object,
    shown_name,
)
from dbtrack.cli.options.connection_options import (
    ConnectionArguments,
    NoPager,
    OutputArguments,
    OutputFile,
    Utc,
)
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS, CommandDefinition, Example, choice
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import ExitCode, UsageError
from dbtrack.render.formats import Format

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.objects.model import FoundObject, ObjectDifference

_WORDS, _UNIFIED, _SQL = "words", "unified", "sql"

EXAMPLES = (
    Example("dbtrack diff 'public.recalc_totals(date)'", "A function before and after its last change."),
    Example("dbtrack diff public.orders 30 38", "Between two versions, as `dbtrack log` counts them."),
    Example("dbtrack diff public.orders f95b4591^ f95b4591", "What one execution changed."),
    Example("dbtrack diff --since '2 hours ago'", "The whole database, in words."),
    Example(
        "dbtrack diff --since monday --until friday --format sql -o week.sql",
        "The SQL that leads from one to the other.",
    ),
    Example("dbtrack diff --since 1h --exit-code -o /dev/null", "Exit 3 if something changed."),
)


@dataclass(frozen=True)
class DiffOutputArguments:
    """The format: words and SQL beside those of the reports."""

    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice((_WORDS, _UNIFIED, _SQL, *Format)),
            help="words, unified, sql; or one row a part as table, json, jsonl, csv, spreadsheet, markdown "
            "or plain. Default: words on a terminal, else plain.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    output: OutputFile = None
    utc: Utc = False
    no_pager: NoPager = False

    def chosen(self, stream: TextIO) -> str:
        """Return the format for a stream."""
        return self.format or (_WORDS if stream.isatty() else Format.PLAIN)

    def plain(self, chosen: str) -> OutputArguments:
        """Return the options that every report has."""
        own = chosen in {_WORDS, _UNIFIED, _SQL}
        return OutputArguments(None if own else Format(chosen), self.output, self.utc)


@dataclass(frozen=True)
class _Range:
    """What is compared: an object, or everything, at two times."""

    found: FoundObject | None
    since: datetime
    until: datetime | None
    source: str | None

    def differences(self, database: Database) -> Iterator[ObjectDifference]:
        from dbtrack.objects.reading import differences

        keys = None if self.found is None else [self.found.key]
        return differences(database, self.since, self.until, keys)


def diff(
    name: Annotated[
        str | None, typer.Argument(metavar="[OBJECT]", show_default=False, help=OBJECT_HELP)
    ] = None,
    old: Annotated[
        str | None,
        typer.Argument(
            metavar="[FROM]",
            show_default=False,
            help="The number of a version, an execution's key, or a time; KEY^ is the moment before. "
            "Default: before the last change.",
        ),
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[TO]", show_default=False, help="The same. Default: now.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Compare with this time: 24h, friday, 2026-03-01."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Compare up to this time. Default: now.")
    ] = None,
    with_drops: Annotated[
        bool,
        typer.Option("--with-drops", help="With --format sql: do not comment out what loses data."),
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 3 if there is a difference, 0 if there is none.")
    ] = False,
    source: OfSource = None,
    *,
    output: DiffOutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Compare an object, or the whole database, at two times.

    Without times, an object is compared with what it was before its last change. What changed and changed
    back is not a difference. In SQL, what loses data is commented out, and what SQL cannot do is told.
    """
    _check(name, old, since, until)
    with (
        destination(output.output, pages=not output.no_pager) as stream,
        connected_of(connection, source) as database,
    ):
        chosen = output.chosen(stream)
        plain = output.plain(chosen)
        if name is None:
            compared = _Range(None, *_window(database, since, until, plain), source)
        else:
            found = found_object(database, name)
            compared = _Range(found, *_points(database, found, (old or since, new or until), plain), source)
        count = _write(database, compared, stream, plain, chosen, with_drops=with_drops)
    if exit_code and count:
        raise typer.Exit(ExitCode.FINDINGS)


def _check(name: str | None, old: str | None, since: str | None, until: str | None) -> None:
    if name is None and since is None:
        raise UsageError("give an object, or --since for the whole database", hint="dbtrack diff --since 24h")
    if old is not None and (since is not None or until is not None):
        raise UsageError("give the two moments after the object, or --since and --until, not both")


def _window(
    database: Database, since: str | None, until: str | None, output: OutputArguments
) -> tuple[datetime, datetime | None]:
    from dbtrack.objects.moments import read_window

    return read_window(database, str(since), until, output.zone)


def _points(
    database: Database, found: FoundObject, words: Sequence[str | None], output: OutputArguments
) -> tuple[datetime, datetime | None]:
    from dbtrack.objects.moments import last_change, read_point

    old, new = words
    end = None if new is None else read_point(database, new, found.key, output.zone)
    if old is not None:
        begin = read_point(database, old, found.key, output.zone)
    else:
        last = last_change(database, found.key, end)
        if last is None:
            raise UsageError(f"{found.identity} has no version yet")
        begin = last - timedelta(microseconds=1)
    if end is not None and begin > end:
        raise UsageError(f"{old} is after {new}")
    return begin, end


def _write(
    database: Database,
    compared: _Range,
    stream: TextIO,
    output: OutputArguments,
    chosen: str,
    *,
    with_drops: bool,
) -> int:
    """Write what differs, and return in how many objects."""
    found = _Counted(compared.differences(database))
    match chosen:
        case "words":
            from dbtrack.objects.following import own_changes
            from dbtrack.objects.screens.changes import write_differences

            write_differences(
                canvas_for(stream, output), _title(database, compared, output), own_changes(found)
            )
        case "sql":
            from dbtrack.objects.script import difference_script

            stream.writelines(difference_script(found, with_drops=with_drops))
        case "unified":
            _write_unified(database, compared, list(found), stream, output)
        case _:
            from dbtrack.objects.rows import DIFFERENCE_COLUMNS, difference_rows

            emit(
                DIFFERENCE_COLUMNS, difference_rows(found), stream, output, title="Differences", report="diff"
            )
    return found.count


def _write_unified(
    database: Database,
    compared: _Range,
    found: list[ObjectDifference],
    stream: TextIO,
    output: OutputArguments,
) -> None:
    from dbtrack.objects.reading import state
    from dbtrack.objects.unified import unified

    labels = [_shown(moment, output) for moment in (compared.since, compared.until)]
    for each in found:
        states = [
            None if identity is None else state(database, each.key, each.object_type, identity, moment)
            for identity, moment in (
                (each.old_identity, compared.since),
                (each.new_identity, compared.until),
            )
        ]
        stream.writelines(unified(states[0], states[1], *labels))


def _title(database: Database, compared: _Range, output: OutputArguments) -> tuple[str, ...]:
    what = "diff" if compared.found is None else f"diff {shown_name(compared.found)}"
    return (
        what,
        database_name(database, compared.source),
        f"{_shown(compared.since, output)} to {_shown(compared.until, output)}",
    )


def _shown(moment: datetime | None, output: OutputArguments) -> str:
    return "now" if moment is None else f"{moment.astimezone(output.zone):%Y-%m-%d %H:%M:%S}"


class _Counted:
    """Differences that are counted while they are read."""

    def __init__(self, found: Iterator[ObjectDifference]) -> None:
        self._found = found
        self.count = 0

    def __iter__(self) -> Iterator[ObjectDifference]:
        for each in self._found:
            self.count += 1
            yield each


COMMANDS: dict[str, Any] = {"diff": CommandDefinition(diff, EXAMPLES)}
