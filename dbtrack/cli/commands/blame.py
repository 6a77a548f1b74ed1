"""``dbtrack blame``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbtrack.cli.objects import (
    OBJECT_HELP,
    AsOf,
    OfSource,
    as_of_words,
    connected_of,
    database_name,
    emit_report,
    found_object,
    iso,
    read_as_of,
    report_rows,
    shown_name,
)
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, is_screen
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from dbtrack.objects.model import FoundObject

EXAMPLES = (
    Example("dbtrack blame public.orders", "Who added each part of a table, and who changed it last."),
    Example("dbtrack blame orders due_on", "Which migration added this column."),
    Example("dbtrack blame public.orders_customer_idx", "Who dropped the index."),
    Example("dbtrack blame 'recalc_totals(date)' --format json", "A function, for a program."),
)


def blame(
    name: Annotated[str, typer.Argument(metavar="OBJECT", help=OBJECT_HELP)],
    part: Annotated[
        str | None,
        typer.Argument(
            metavar="[PART]",
            show_default=False,
            help="Only this column, constraint, index, trigger or policy, or the privileges of this role.",
        ),
    ] = None,
    as_of: AsOf = None,
    source: OfSource = None,
    *,
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Show who added each part of an object, and who changed it last.

    Each column, constraint, index, trigger, rule, policy and grant has the operation (the migration, if it
    ran inside one), the login, the ticket and the time. What is older than the record is looked up in the
    catalogs, which know the transaction that wrote a row last.
    """
    from dbtrack.reports import REPORTS

    report = REPORTS["blame"]
    with destination(output) as stream, connected_of(connection, source) as database:
        moment = read_as_of(database, as_of, output)
        found = found_object(database, name, moment)
        arguments = {"object": found.key.hex(), "part": part or found.part_name, "as_of": iso(moment)}
        rows = report_rows(database, report, arguments, output)
        if not rows and part is not None:
            raise _no_part(found, part, report_rows(database, report, {**arguments, "part": None}, output))
        if is_screen(stream, output):
            from dbtrack.objects.screens.blame import write_blame

            title = (
                f"blame {shown_name(found)}",
                found.object_type,
                database_name(database, source),
                as_of_words(moment, output),
            )
            write_blame(canvas_for(stream, output), title, rows[: output.rows])
        else:
            emit_report(report, rows, stream, output)


def _no_part(found: FoundObject, part: str, rows: list[dict[str, Any]]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(part, [str(row["name"]) for row in rows], cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"dbtrack blame {found.identity} shows all parts"
    return UsageError(f"{found.identity} has and had no part called {part}", hint=hint)


COMMANDS = {"blame": CommandDefinition(blame, EXAMPLES)}
