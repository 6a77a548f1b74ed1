"""``dbtrack spool``: list, flush, drop."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli import talk
from dbtrack.cli.framework import Example, PlainGroup, command, group
from dbtrack.cli.options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.session import connected, target_of
from dbtrack.config import spool_path
from dbtrack.errors import DbtrackError, UsageError

if TYPE_CHECKING:
    from dbtrack.tracking.spool import Replay

ABOUT = """Look after records that no database took in their time.

'dbtrack track NAME -- COMMAND' keeps them in DBTRACK_SPOOL, or in the user's state directory. The next
dbtrack command that connects to the same database as the same role records them, each once.
"""
EXAMPLES = (
    Example("dbtrack spool list", "What waits, for which database."),
    Example("dbtrack spool flush -d shop", "Record it now, and what was refused before again."),
    Example("dbtrack spool drop 3f9ac2d4", "Give one record up."),
)


def list_all(output: OutputArguments) -> None:
    """List the records that wait, without connecting."""
    from dbtrack.tracking import spool

    rows = [item.row for item in spool.list_items(spool_path(os.environ))]
    with destination(output.output) as stream:
        emit(spool.ITEM_COLUMNS, rows, stream, output, title="Spool")


def flush(connection: ConnectionArguments) -> None:
    """Record now what waits for a database.

    Takes up again what the database refused before. Exits 1 when something is left.
    """
    from dbtrack.db import describe_place
    from dbtrack.tracking import spool

    with connected(connection, replay=False) as database:
        digest = spool.place_digest(describe_place(target_of(connection)))
        done = spool.replay(spool_path(os.environ), digest, database, retry_refused=True)
    talk.say(f"dbtrack: {_counts(done)}")
    for line in done.complaints:
        talk.warn(line)
    if done.complaints:
        raise DbtrackError("not all of the spool could be recorded", hint="see: dbtrack spool list")


def drop(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID...", help="The ids that list shows, or their first digits."),
    ] = None,
    all_records: Annotated[bool, typer.Option("--all", help="All of them, for every database.")] = False,
) -> None:
    """Give up records: they are removed, and nowhere recorded.

    The record of a command that still runs stays.
    """
    from dbtrack.tracking import spool

    if bool(ids) == all_records:
        raise UsageError("give the ID of a record, or --all")
    items = spool.list_items(spool_path(os.environ))
    chosen = items if all_records else spool.find_items(items, ids or ())
    running = [item for item in chosen if not spool.drop(item.path)]
    talk.say(f"dbtrack: {len(chosen) - len(running)} dropped")
    if running:
        raise DbtrackError(f"{len(running)} not dropped: their commands still run")


def _counts(done: Replay) -> str:
    parts = [f"{done.recorded} recorded"]
    parts += [f"{done.present} there already"] if done.present else []
    parts += [f"{len(done.refused)} refused"] if done.refused else []
    parts += [f"{len(done.damaged)} damaged"] if done.damaged else []
    parts += [f"{done.kept} kept"] if done.kept else []
    return ", ".join(parts)


def build(name: str) -> PlainGroup:
    """Return the group of commands."""
    members = [
        command("list", list_all, examples=EXAMPLES[:1]),
        command("flush", flush, examples=EXAMPLES[1:2]),
        command("drop", drop, examples=EXAMPLES[2:]),
    ]
    return group(name, ABOUT, members, EXAMPLES)
