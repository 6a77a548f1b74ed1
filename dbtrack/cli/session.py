"""A connection for the length of a command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbtrack.cli import talk
from dbtrack.cli.options import ConnectionArguments
from dbtrack.config import ConnectionTarget, resolve_target

if TYPE_CHECKING:
    from dbtrack.db import Database


def target_of(connection: ConnectionArguments) -> ConnectionTarget:
    """Return where the options and the environment lead, without connecting."""
    return resolve_target(connection.given(), os.environ)


@contextmanager
def connected(connection: ConnectionArguments, *, tell_warnings: bool = True) -> Iterator[Database]:
    """Connect, and close at the end.

    Args:
        connection: what the command line gave.
        tell_warnings: say the server's warnings as they come; False where a report collects them.

    Raises:
        NoConnectionError: the server cannot be reached or refuses the login.
    """
    from dbtrack.db import Database

    with Database.connect(target_of(connection)) as database:
        if tell_warnings:
            database.on_notice(lambda notice: talk.warn(notice.message))
        yield database
