"""``dbtrack spool``: list, flush, drop."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.config import ConnectionOptions, ConnectionTarget, resolve_target, spool_path
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.spool import Item, Replay

ABOUT = """Manage records that wait on disk because the database was unavailable.

'dbtrack track NAME -- COMMAND' writes them to DBTRACK_SPOOL, or to the user's state directory. The next
dbtrack command that connects to the same database as the same role records each of them once.
"""
EXAMPLES = (
    Example("dbtrack spool list", "List the records, with their database and reason."),
    Example(
        "dbtrack spool flush -d shop", "Record now what waits for a database, including refused records."
    ),
    Example(
        "dbtrack spool flush -d postgresql://db1/shop --to postgresql://db2/shop",
        "Record what waits for a server that has moved to another address.",
    ),
    Example("dbtrack spool drop 3f9ac2d4", "Delete one record."),
    Example("dbtrack spool drop --all -d shop", "Delete all records for one database, after confirmation."),
)


def list_all(output: OutputArguments) -> None:
    """List the waiting records, without connecting."""
    from dbtrack import spool

    rows = [item.row for item in spool.list_items(spool_path(os.environ))]
    with destination(output) as stream:
        emit(spool.ITEM_COLUMNS, rows, stream, output, title="Spool", report="spool list")


def flush(
    connection: ConnectionArguments,
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID...", help="With --to: the ids that list shows, or their first characters."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="DBNAME",
            help="Record in this database instead, given as for -d, because the server has moved "
            "or the settings were wrong.",
        ),
    ] = None,
) -> None:
    """Record now what waits for a database.

    Also tries again the records that the database refused before. With --to, the connection options name the
    database for which the records were made, and no connection is made to it. Exits 1 if records remain.
    """
    from dbtrack import spool
    from dbtrack.db import Database

    if ids and to is None:
        raise UsageError("an ID needs --to, the database in which to record it")
    paths = _paths(connection, ids)
    with Database.connect(_target(connection, to)) as database:
        done = spool.replay_paths(spool_path(os.environ), paths, database, is_moved=to is not None)
    messages.say(f"dbtrack: {_counts(done)}")
    for line in done.problems:
        messages.warn(line)
    if done.problems:
        raise DbtrackError("some records of the spool could not be recorded", hint="see: dbtrack spool list")


def _paths(connection: ConnectionArguments, ids: list[str] | None) -> list[Path]:
    from dbtrack import spool

    path = spool_path(os.environ)
    if ids:
        return [item.path for item in spool.find_items(spool.list_items(path), ids)]
    return spool.waiting_paths(path, _digest(connection), with_refused=True)


def _digest(connection: ConnectionArguments) -> str:
    from dbtrack import spool
    from dbtrack.db import describe_place

    return spool.place_digest(describe_place(target_of(connection)))


def _target(connection: ConnectionArguments, to: str | None) -> ConnectionTarget:
    if to is None:
        return target_of(connection)
    given = connection.given()
    options = ConnectionOptions(dbname=to, no_password=given.no_password, force_password=given.force_password)
    return resolve_target(options, os.environ)


def drop(
    connection: ConnectionArguments,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID...", help="The ids that list shows, or their first characters."),
    ] = None,
    all_records: Annotated[
        bool, typer.Option("--all", help="All records for the database that the connection options name.")
    ] = False,
    every_database: Annotated[
        bool, typer.Option("--every-database", help="With --all: the records for every database.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --all: do not ask for confirmation.")
    ] = False,
) -> None:
    """Delete records without recording them.

    With --all it shows the records and asks for confirmation on a terminal. Elsewhere, without --yes, it
    deletes nothing and exits 2. The record of a running command is never deleted. No connection is made.
    """
    from dbtrack import spool

    if bool(ids) == all_records:
        raise UsageError("give the ID of a record or --all")
    if every_database and not all_records:
        raise UsageError("--every-database needs --all")
    chosen = _chosen(connection, ids, every_database=every_database)
    if all_records and chosen and not yes:
        _confirm(chosen)
    running = [item for item in chosen if not spool.drop(item.path)]
    messages.say(f"dbtrack: {len(chosen) - len(running)} dropped")
    if running:
        raise DbtrackError(f"{len(running)} not dropped: their commands still run")


def _chosen(connection: ConnectionArguments, ids: list[str] | None, *, every_database: bool) -> list[Item]:
    from dbtrack import spool

    items = spool.list_items(spool_path(os.environ))
    if ids:
        return spool.find_items(items, ids)
    return items if every_database else spool.items_of(items, _digest(connection))


def _confirm(items: list[Item]) -> None:
    lines = [f"  {item.spool_id[:8]}  {item.title}" for item in items]
    messages.say_block("\n".join(["These records would be lost:", *lines]))
    if not sys.stdin.isatty():
        raise UsageError("nothing was dropped", hint="add --yes to drop them")
    sys.stderr.write("Type 'yes' to drop them: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise DbtrackError("nothing was dropped")


def _counts(done: Replay) -> str:
    parts = [f"{done.recorded} recorded"]
    parts += [f"{done.present} already recorded"] if done.present else []
    parts += [f"{len(done.refused)} refused"] if done.refused else []
    parts += [f"{len(done.damaged)} damaged"] if done.damaged else []
    parts += [f"{done.kept} kept"] if done.kept else []
    return ", ".join(parts)


_MEMBERS = {
    "list": CommandDefinition(list_all, EXAMPLES[:1]),
    "flush": CommandDefinition(flush, EXAMPLES[1:3]),
    "drop": CommandDefinition(drop, EXAMPLES[3:]),
}
COMMANDS = {"spool": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
