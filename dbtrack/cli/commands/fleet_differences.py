"""``dbtrack fleet compare``, ``fleet variants`` and ``fleet drift``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.options.connection_options import OutputArguments, Quiet
from dbtrack.cli.options.fleet_options import AskArguments, FleetArguments, answers, members_of
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from datetime import datetime

    from dbtrack.columns import Column
    from dbtrack.db import Database, Row
    from dbtrack.fleet import Member

EXAMPLES = (
    Example("dbtrack fleet variants public.orders", "Which definitions of a table there are, and where."),
    Example(
        "dbtrack fleet variants --schema public", "All objects of a schema that are not alike everywhere."
    ),
    Example("dbtrack fleet compare", "Which migrations are not applied everywhere."),
    Example("dbtrack fleet drift --against prod --since 7d", "What was changed elsewhere, and who did it."),
)
Schemas = Annotated[
    list[str] | None,
    typer.Option("--schema", metavar="SCHEMA", help="Only objects of this schema; may be repeated."),
]
Privileges = Annotated[bool, typer.Option("--privileges", help="Compare owners and privileges too.")]


def compare(
    chosen: FleetArguments,
    asking: AskArguments,
    output: OutputArguments,
    script_type: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="Types of operations to compare. Default: MIGRATION."),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="TENANT", help="Only the operations of this tenant.")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also show operations that completed everywhere.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Show which migrations did not complete in all members.

    Exits 0 if each completed everywhere, 3 if not, and 1 if some members could not be asked.
    """
    from dbtrack.fleet.operations import OPERATION_COLUMNS, OperationMatrix, ask_operations

    limits = asking.limits()
    members = members_of(chosen, limits)
    types = tuple(script_type or ("MIGRATION",))
    found, failed = answers(ask_operations(members, types, tenant, limits), members)
    matrix = OperationMatrix()
    for name, runs in found.items():
        matrix.add(name, runs)
    differing = len(matrix.rows())
    _write(OPERATION_COLUMNS, matrix.rows(with_alike=show_all), output, "compare")
    what = f"{differing} of {matrix.count} operations did not complete in all of {len(found)} members"
    _end(
        what if differing else f"{matrix.count} operations, alike in {len(found)} members",
        differing,
        failed,
        quiet,
    )


def variants(
    chosen: FleetArguments,
    asking: AskArguments,
    output: OutputArguments,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[OBJECT]",
            help="A table, view, function or other object. Default: list all that are not alike.",
            show_default=False,
        ),
    ] = None,
    schema: Schemas = None,
    privileges: Privileges = False,
    quiet: Quiet = False,
) -> None:
    """Show which definitions of an object there are, and where.

    A table includes its columns, constraints, indexes, triggers, policies and rules. Each definition is
    compared with the one that differs least. Definitions are dbtrack's own, from the catalogs; dbtrack need
    not be installed. Exits 0 if all are alike, 3 if not, and 1 if some members could not be asked.
    """
    from dbtrack.fleet import variants as of_variants
    from dbtrack.fleet.object_names import name_matcher

    limits = asking.limits()
    members = members_of(chosen, limits)
    matches = None if name is None else name_matcher(name)
    asked = of_variants.ask_objects(members, matches, schema or None, limits, privileges=privileges)
    found, failed = answers(asked, members)
    all_found = of_variants.variants_of(found)
    if name is not None and found and not all_found:
        raise UsageError(f"no member has an object called {name}")
    several = {key: each for key, each in all_found.items() if len(each) > 1}
    if name is not None:
        rows = [row for key, each in all_found.items() for row in of_variants.variant_rows(key, each)]
        _write(of_variants.VARIANT_COLUMNS, rows, output, "variants")
    else:
        rows = [of_variants.object_row(key, each) for key, each in several.items()]
        _write(of_variants.OBJECT_COLUMNS, rows, output, "variants")
    what = f"{len(several)} of {len(all_found)} objects are not alike in {len(found)} members"
    alike = f"{len(all_found)} objects are alike in {len(found)} members"
    _end(what if several else alike, len(several), failed, quiet)


def drift(
    chosen: FleetArguments,
    asking: AskArguments,
    output: OutputArguments,
    against: Annotated[
        str, typer.Option("--against", metavar="MEMBER", help="The member that the others should be like.")
    ],
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Only what was last changed since then, as far as a record tells: 7d, 2026-03-01.",
        ),
    ] = None,
    schema: Schemas = None,
    privileges: Privileges = False,
    quiet: Quiet = False,
) -> None:
    """Show what differs from one member, and who changed it.

    Each difference has the last change of the object on whichever side it was made later: login, time,
    operation, ticket, and the key for 'dbtrack show'. The reference is read once. Exits 0 if nothing
    differs, 3 if something does, and 1 if some members could not be asked.
    """
    from dbtrack.compare import Comparison
    from dbtrack.db import Database
    from dbtrack.fleet.drift import DRIFT_COLUMNS, Reference, ask_drift

    limits = asking.limits()
    members = members_of(chosen, limits)
    wanted = Comparison(types=(), schemas=schema or None, privileges=privileges)
    reference = _reference(chosen, against, asking)
    others = [member for member in members if member.name != against]
    with (
        Database.connect(reference.target, application_name="dbtrack fleet") as database,
        Reference.read(against, database, wanted) as side,
    ):
        found, failed = answers(ask_drift(others, side, _moment(database, since), limits), others)
    rows = [row for each in found.values() for row in each.rows]
    _write(DRIFT_COLUMNS, rows, output, "drift")
    differing = sum(bool(each.rows) for each in found.values())
    what = f"{differing} of {len(found)} members differ from {against}, in {len(rows)} places"
    _end(what if rows else f"{len(found)} members are like {against}", len(rows), failed, quiet)


def _reference(chosen: FleetArguments, against: str, asking: AskArguments) -> Member:
    from dataclasses import replace

    # It need not be one of those that are compared.
    found = members_of(replace(chosen, member=[against], only=None), asking.limits())
    if len(found) != 1:
        raise UsageError(f"--against {against} stands for {len(found)} members", hint="give the name of one")
    return found[0]


def _moment(database: Database, since: str | None) -> datetime | None:
    from dbtrack.cli.parse_values import parse_moment

    return None if since is None else parse_moment(database, since)


def _write(columns: Sequence[Column], rows: Sequence[Row], output: OutputArguments, command: str) -> None:
    if not rows and output.format is None and output.output is None:
        return  # as diff: what is alike prints nothing
    with destination(output) as stream:
        emit(columns, rows, stream, output, title=f"Fleet {command}", report=f"fleet {command}")


def _end(words: str, findings: int, failed: int, quiet: bool) -> None:
    if not quiet:
        messages.say(f"dbtrack: {words}{f'; {failed} could not be asked' if failed else ''}")
    if failed:
        raise typer.Exit(ExitCode.FAILED)
    if findings:
        raise typer.Exit(ExitCode.FINDINGS)


COMMANDS = {
    "compare": CommandDefinition(compare, EXAMPLES[2:3]),
    "variants": CommandDefinition(variants, EXAMPLES[:2]),
    "drift": CommandDefinition(drift, EXAMPLES[3:]),
}
