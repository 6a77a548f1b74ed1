"""``dbtrack schema``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.objects import OBJECT_HELP, AsOf, OfSource, connected_of, found_object, read_as_of
from dbtrack.cli.options.connection_options import (
    ConnectionArguments,
    NoPager,
    OutputArguments,
    OutputFile,
    Utc,
)
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS, CommandDefinition, Example, choice
from dbtrack.render.formats import Format

if TYPE_CHECKING:
    from datetime import datetime

    from dbtrack.db import Database
    from dbtrack.objects.model import ObjectState

_SQL = "sql"

EXAMPLES = (
    Example("dbtrack schema --as-of 2026-03-01 -o march.sql", "Everything as it stood on 1 March, as SQL."),
    Example("dbtrack schema public.orders --as-of '2 hours ago'", "One table as it stood."),
    Example("dbtrack schema public.orders --format json", "Its parts as they are, for a program."),
)


@dataclass(frozen=True)
class SchemaOutputArguments:
    """The format, with SQL as the default one."""

    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice((_SQL, *Format)),
            help="sql; or one row a part as table, json, jsonl, csv, spreadsheet, markdown or plain. "
            "Default: sql.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = _SQL
    output: OutputFile = None
    utc: Utc = False
    no_pager: NoPager = False

    def plain(self) -> OutputArguments:
        """Return the options that every report has."""
        return OutputArguments(None if self.format == _SQL else Format(self.format), self.output, self.utc)


def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="[OBJECT]", show_default=False, help=OBJECT_HELP)
    ] = None,
    as_of: AsOf = None,
    source: OfSource = None,
    *,
    output: SchemaOutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Print the definitions of the database, or of one object, as they stood at a time.

    The SQL is in an order in which it can run, from the record alone. Roles, data, comments and what
    extensions contain are not in it.
    """
    with (
        destination(output.output, pages=not output.no_pager) as stream,
        connected_of(connection, source) as database,
    ):
        plain = output.plain()
        moment = read_as_of(database, as_of, plain)
        if output.format == _SQL:
            stream.writelines(_script(database, name, moment))
        else:
            from dbtrack.objects.rows import DEFINITION_COLUMNS, definition_rows

            rows = definition_rows(_states(database, name, moment))
            emit(DEFINITION_COLUMNS, rows, stream, plain, title="Schema", report="schema")


def _states(database: Database, name: str | None, moment: datetime | None) -> Iterable[ObjectState]:
    from dbtrack.objects.reading import state, states

    if name is None:
        return states(database, moment, None)
    found = found_object(database, name, moment)
    return [state(database, found.key, found.object_type, found.identity, moment)]


def _script(database: Database, name: str | None, moment: datetime | None) -> Iterable[str]:
    from dbtrack.objects.script import object_script, schema_script

    if name is None:
        return schema_script(database, moment)
    return (text for state in _states(database, name, moment) for text in object_script(state))


COMMANDS = {"schema": CommandDefinition(schema, EXAMPLES)}
