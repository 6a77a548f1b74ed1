"""Connect for the length of a command."""

from __future__ import annotations

import os
import sys
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
    """Return the target of the options and the environment, without connecting.

    What was changed in its connection string is reported once.
    """
    target = resolve_target(connection.given(), os.environ)
    _warn_of_changes(target.source, target.changes)
    return target


@cache
def _warn_of_changes(source: str, changes: tuple[str, ...]) -> None:
    if changes:
        messages.warn(f"{source}: {', '.join(changes)}: unknown to PostgreSQL's client library")


@contextmanager
def connected(
    connection: ConnectionArguments,
    *,
    show_warnings: bool = True,
    replay: bool = True,
    may_be_behind: bool = False,
) -> Iterator[Database]:
    """Connect, record what waits in the spool for this database, and close the connection at the end.

    Args:
        connection: what the command line gave.
        show_warnings: show the server's warnings as they come; False where a report collects them.
        replay: record what waits in the spool; False leaves it alone.
        may_be_behind: an answer from a standby will do, where the user wishes for that.

    Raises:
        NoConnectionError: the server cannot be reached or refuses the login.
    """
    target = target_of(connection)
    target = target.for_reports() if may_be_behind else target
    with connected_to(target, show_warnings=show_warnings, replay=replay) as database:
        yield database


@contextmanager
def connected_to(
    target: ConnectionTarget, *, show_warnings: bool = True, replay: bool = True
) -> Iterator[Database]:
    """Connect as `connected` does, to a target that is known."""
    from dbtrack.db import Database

    with Database.connect(target) as database:
        if show_warnings:
            database.on_notice(lambda notice: messages.warn(notice.message))
        if replay:
            record_waiting(target, database)
        yield database


def is_idle_standby(database: Database, *, verbose: bool = False) -> bool:
    """Return whether a command that cron runs on every server of a cluster has nothing to do on this one.

    It is said to a person, and to nobody else: cron would send a mail each time.

    Args:
        verbose: say it in any case.
    """
    if not database.in_recovery:
        return False
    if verbose or (sys.stderr is not None and sys.stderr.isatty()):
        messages.say("dbtrack: standby: nothing to do")
    return True


def record_waiting(target: ConnectionTarget, database: Database) -> None:
    """Record what waits in the spool for this database."""
    spool = spool_path(os.environ)
    if records_wait(spool):
        # Imported only where something waits, since every connecting command runs this.
        from dbtrack.wrapper import replay_waiting

        replay_waiting(spool, target, database, messages.say)
