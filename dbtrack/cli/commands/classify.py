"""``dbtrack classify``."""

from __future__ import annotations

import sys
from dataclasses import astuple
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.objects import show_report
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.sureness import Sureness
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbtrack.operations.classes import Suggestion

EXAMPLES = (
    Example("dbtrack classify hr.people.ssn pii --reason 'GDPR, art. 87'", "A column."),
    Example("dbtrack classify clinic.findings phi", "A whole table, with its partitions."),
    Example("dbtrack classify --list", "What is classified, as what, by whom and why."),
    Example("dbtrack classify --suggest", "Columns that look as if they should be, with how sure and why."),
    Example("dbtrack classify --suggest pci --apply --sure high", "Classify what is suggested; asks first."),
    Example("dbtrack classify hr.people.ssn pii --remove --reason 'dropped from the form'", "Take it away."),
)


def classify(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[OBJECT[.COLUMN]] [CLASS]",
            help="A table or view, or a column of one, and its class: phi, pii, pci, secret, or one of the "
            "setting classes.names. With --list and --suggest: only this class.",
        ),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; it is recorded.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the class away.")] = False,
    show_list: Annotated[bool, typer.Option("--list", "-l", help="List what is classified.")] = False,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="List columns that look so by name and type, and views of classified ones."
        ),
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Classify what is suggested, after a confirmation.")
    ] = False,
    sure: Annotated[
        Sureness,
        typer.Option(
            "--sure",
            metavar="SURENESS",
            help="With --suggest: only suggestions that are at least so sure: high, medium or low.",
        ),
    ] = Sureness.LOW,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --apply: do not ask for confirmation.")
    ] = False,
    *,
    output: OutputArguments,
    connection: ConnectionArguments,
) -> None:
    """Say which objects and columns contain data of a class: phi, pii, pci, secret.

    A class follows its object and column through renamings. It shows in evidence, alerts, events and
    history; 'dbtrack grants --classified' shows who has access. Each classification is an execution of the
    record. Administrators of dbtrack may classify.
    """
    given = list(words or ())
    if show_list and (suggest or apply):
        raise UsageError("--list and --suggest ask for two lists")
    if (show_list or suggest or apply) and (remove or len(given) > 1):
        raise UsageError("a list is of one class at most", hint="dbtrack classify --list [CLASS]")
    if show_list:
        _list(given, output, connection)
    elif suggest or apply:
        _suggest(given, sure, output, connection, (apply, yes, reason))
    elif len(given) != len(("OBJECT", "CLASS")):
        raise UsageError(
            "give an object and a class", hint="dbtrack classify OBJECT[.COLUMN] CLASS, or --list"
        )
    else:
        _classify(given[0], given[1], reason, connection, removes=remove)


def _classify(
    name: str, class_name: str, reason: str | None, connection: ConnectionArguments, *, removes: bool
) -> None:
    from dbtrack.operations.classes import classify as classify_object

    with connected(connection) as database:
        key = classify_object(database, name, class_name, reason, removes=removes)
    if key is None:
        messages.say(f"dbtrack: {name} is classified as {class_name} already")
        return
    sys.stdout.write(f"{key.hex()}\n")
    verb = "no longer classified" if removes else "classified"
    messages.say(f"dbtrack: {name} is {verb} as {class_name.lower()}")


def _list(given: Sequence[str], output: OutputArguments, connection: ConnectionArguments) -> None:
    from dbtrack.operations.classes import check_class
    from dbtrack.reports import REPORTS

    report, class_name = REPORTS["classes"], next(iter(given), None)
    with destination(output) as stream, connected(connection) as database:
        check_class(database, class_name)
        arguments = {"class_name": class_name, "tenant": target_of(connection).tenant}
        show_report(database, report, arguments, stream, output)


def _suggest(
    given: Sequence[str],
    sure: Sureness,
    output: OutputArguments,
    connection: ConnectionArguments,
    applying: tuple[bool, bool, str | None],
) -> None:
    from dbtrack.operations.classes import apply as apply_all
    from dbtrack.operations.classes import check_class, suggest
    from dbtrack.reports import REPORTS

    report, class_name = REPORTS["class_suggestions"], next(iter(given), None)
    applies, is_sure, reason = applying
    if applies and not is_sure and not sys.stdin.isatty():
        raise UsageError("nothing was classified", hint="add --yes, or look first without --apply")
    with connected(connection) as database:
        check_class(database, class_name)
        found = suggest(database, class_name, sure)
        with destination(output) as stream:
            rows = [astuple(each) for each in found]
            emit(
                report.columns,
                rows,
                stream,
                output,
                title=report.title,
                report=report.name,
                database=database,
            )
        if applies and found:
            if not is_sure:
                _ask(found)
            count = apply_all(database, found, reason)
            messages.say(f"dbtrack: {count} classified")


def _ask(found: Sequence[Suggestion]) -> None:
    typer.confirm(f"Classify these {len(found)}?", abort=True, err=True)


COMMANDS = {"classify": CommandDefinition(classify, EXAMPLES)}
