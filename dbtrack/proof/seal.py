"""Seal recorded rows in blocks of the chain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError


@dataclass(frozen=True)
class SealReport:
    """Counts of what was sealed.

    Args:
        leaves: how many versions and links.
        last_block: the number of the last new block; None if there was nothing to seal.
    """

    leaves: int
    blocks: int
    last_block: int | None


def seal(database: Database, progress: Callable[[int], None] = lambda _leaves: None) -> SealReport:
    """Seal every row whose transaction is older than all running ones, one block in each transaction.

    Args:
        database: connected as an administrator of dbtrack, not in a transaction.
        progress: called with how many rows are sealed so far.

    Raises:
        LockedError: another seal is running.
        PermissionDeniedError: the role is not an administrator of dbtrack.
        DbtrackError: the server is a standby.
    """
    if database.in_recovery:
        raise DbtrackError("this server is a standby: it cannot seal", hint="connect to the primary server")
    leaves, blocks, last, is_finished = 0, 0, None, False
    while not is_finished:
        number, count, is_finished = _step(database)
        leaves, blocks, last = leaves + count, blocks + (number is not None), number or last
        progress(leaves)
    return SealReport(leaves, blocks, last)


def seal_record(database: Database) -> None:
    """Seal what was just recorded, if this database uses seals.

    An erasure or a cleanup takes effect only once it is sealed. If another seal is running, the next one
    seals it.
    """
    if has_seals(database):
        with suppress(LockedError):
            seal(database)


def has_seals(database: Database) -> bool:
    """Return whether anything is sealed."""
    return bool(database.value(sql_files.query("seals/has_seals")))


def _step(database: Database) -> tuple[int | None, int, bool]:
    with database.transaction():
        # A database can have another default isolation level, at which sealing fails.
        database.execute(sql_files.query("seals/seal_isolation"))
        ((number, leaves, is_finished),) = database.call("seal_step")
    return number, leaves, is_finished
