"""A connection for the length of a command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.config import ConnectionTarget, records_wait, resolve_target, spool_path
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database


def target_of(connection: ConnectionArguments) -> ConnectionTarget:
    """Return where the options and the environment lead, without connecting; say once what was left out."""
    target = resolve_target(connection.given(), os.environ)
    _say_changes(target.source, target.changes)
    return target


@cache
def _say_changes(source: str, changes: tuple[str, ...]) -> None:
    if changes:
        messages.warn(f"{source}: {', '.join(changes)}: unknown to PostgreSQL's client library")


@contextmanager
def connected(
    connection: ConnectionArguments, *, tell_warnings: bool = True, replay: bool = True
) -> Iterator[Database]:
    """Connect, record what waits in the spool for this database, and close at the end.

    Args:
        connection: what the command line gave.
        tell_warnings: say the server's warnings as they come; False where a report collects them.
        replay: False leaves the spool alone.

    Raises:
        NoConnectionError: the server cannot be reached or refuses the login.
    """
    from dbtrack.db import Database

    target = target_of(connection)
    with Database.connect(target) as database:
        if tell_warnings:
            database.on_notice(lambda notice: messages.warn(notice.message))
        if replay:
            record_waiting(target, database)
        yield database


def record_waiting(target: ConnectionTarget, database: Database) -> None:
    """Record what waits in the spool for this database."""
    spool = spool_path(os.environ)
    if records_wait(spool):
        # Imported only where something waits: every command comes by here.
        from dbtrack.wrapper import replay_waiting

        replay_waiting(spool, target, database, messages.say)
