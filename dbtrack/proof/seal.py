"""Sealing: what is recorded becomes a block of the chain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError


@dataclass(frozen=True)
class SealReport:
    """What a run sealed.

    Args:
        leaves: versions and links.
        last_block: the number of the last new block; None where nothing was to be sealed.
    """

    leaves: int
    blocks: int
    last_block: int | None


def seal(database: Database, progress: Callable[[int], None] = lambda _leaves: None) -> SealReport:
    """Seal every row whose transaction is behind the oldest that runs, a block a transaction.

    Args:
        database: a connection of an administrator of dbtrack, in no transaction.
        progress: is told how many rows are sealed so far.

    Raises:
        LockedError: another seal is at work.
        PermissionDeniedError: the role is no administrator of dbtrack.
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
    """Seal what was just recorded, if this record is sealed at all.

    An erasure or a cleanup counts only then. If another seal is at work, it is left to the next one.
    """
    if database.value(sql_files.query("seals/has_seals")):
        with suppress(LockedError):
            seal(database)


def _step(database: Database) -> tuple[int | None, int, bool]:
    with database.transaction():
        # A database can have another default, and sealing refuses it.
        database.execute(sql_files.query("seals/seal_isolation"))
        [(number, leaves, is_finished)] = database.call("seal_step")
    return number, leaves, is_finished
