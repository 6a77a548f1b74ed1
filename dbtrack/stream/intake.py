"""What reads messages of a broker into a database has in common, whoever sent them.

A message is done when the database has committed it. After a crash anywhere it comes again, and must change
nothing.
"""

from __future__ import annotations

from typing import Protocol

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, NoConnectionError, QueryError, ReadOnlyServerError
from dbtrack.stream.source import MessageSource

# After these classes of SQLSTATE the same may succeed: rollbacks, resources, locks, shutdowns, disks.
_PASSING = ("40", "53", "55", "57", "58")


class DatabaseBusyError(DbtrackError):
    """The database cannot take the messages now."""


class Intake(Protocol):
    """Takes messages from a source into a database."""

    source: MessageSource
    database: Database

    def round(self, seconds: float) -> bool:
        """Take what is there, or wait for it so long; return whether there was anything.

        If it raises, the next round continues with the same message.

        Raises:
            BrokerError: the broker cannot be reached, or refuses the login.
            NoConnectionError: the database was lost.
            DatabaseBusyError: the database cannot take it now.
        """

    def restart(self) -> None:
        """Forget what is not committed: the broker delivers it again."""


def passing(error: DbtrackError) -> DbtrackError | None:
    """Return what to raise for an error after which the same may succeed; None for another one."""
    if isinstance(error, NoConnectionError):
        return error
    is_busy = isinstance(error, LockedError | ReadOnlyServerError) or (
        isinstance(error, QueryError) and (error.sqlstate or "").startswith(_PASSING)
    )
    return DatabaseBusyError(error.message, hint=error.hint) if is_busy else None
