"""Record what waits in the spool: each record once, however many processes replay it or crash meanwhile.

The lock on its file keeps two replays apart. After a crash between the database's commit and the removal of
the file, the database refuses the record: it keeps the ids of spooled operations, and the operation of a
spooled end is closed.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from dbtrack.config.spool_directory import WAITING_SUFFIX
from dbtrack.db import Database
from dbtrack.errors import (
    DbtrackError,
    LockedError,
    NoConnectionError,
    NotInstalledError,
    QueryError,
    UsageError,
)
from dbtrack.operations.executions import UnknownExecutionError
from dbtrack.operations.operations import (
    AlreadyClosedError,
    complete_operation,
    limited_transaction,
    record_spooled,
)
from dbtrack.spool import folder
from dbtrack.spool.entry import DamagedLineError, Entry, read_line
from dbtrack.status import Status

# Data that the server cannot store: waiting does not help.
_UNSTORABLE_CLASSES = ("22", "23")


@dataclass
class Replay:
    """The result of a replay.

    Args:
        recorded: how many records the database took now.
        present: how many it had already.
        refused: for each record that it refused, why.
        damaged: for each record that cannot be read, its file and why.
        kept: how many still wait.
        reason: why they wait; None where the time was up, or their commands still run.
    """

    recorded: int = 0
    present: int = 0
    refused: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    kept: int = 0
    reason: str | None = None

    @property
    def problems(self) -> list[str]:
        """What went wrong, one line each."""
        lines = [f"{line}; kept aside: dbtrack spool list" for line in (*self.damaged, *self.refused)]
        if self.reason:
            lines.append(f"{self.kept} spooled record(s) could not be recorded: {self.reason}")
        return lines


def replay(
    spool: Path,
    digest: str,
    database: Database,
    *,
    seconds: float = math.inf,
) -> Replay:
    """Record what waits for one database.

    Args:
        digest: the database, as `place_digest` returns it.
        database: a connection to it.
        seconds: stop after this time; what is left waits for the next replay.

    Raises:
        SpoolError: the spool cannot be read, or others may write to it.
        OSError: a file of it cannot be read or removed.
    """
    return replay_paths(spool, waiting_paths(spool, digest), database, seconds=seconds)


def waiting_paths(spool: Path, digest: str, *, with_refused: bool = False) -> list[Path]:
    """Return the records that wait for one database.

    Args:
        digest: the database, as `place_digest` returns it.
        with_refused: include those that it refused before.

    Raises:
        SpoolError: the spool cannot be read.
    """
    suffixes = (WAITING_SUFFIX, folder.REFUSED_SUFFIX) if with_refused else (WAITING_SUFFIX,)
    return [path for path in folder.record_paths(spool, f"{digest}-") if path.name.endswith(suffixes)]


def replay_paths(
    spool: Path,
    paths: Sequence[Path],
    database: Database,
    *,
    is_moved: bool = False,
    seconds: float = math.inf,
) -> Replay:
    """Record the records in these files.

    Args:
        database: a connection to where they are recorded.
        is_moved: it is not the database that they were made for, which is noted in their metadata.
        seconds: stop after this time.

    Raises:
        SpoolError: others may write to the spool.
        OSError: a file of it cannot be read or removed.
    """
    done = Replay()
    if not paths:
        return done
    folder.require_private(spool)
    deadline = time.monotonic() + seconds
    for number, path in enumerate(paths):
        if time.monotonic() > deadline or not _replay_file(path, database, done, is_moved=is_moved):
            done.kept += len(paths) - number
            break
    return done


def _replay_file(path: Path, database: Database, done: Replay, *, is_moved: bool) -> bool:
    """Replay one file; return False where the database takes no record at all now."""
    with folder.claimed(path) as found:
        if found is None:
            return True  # its command still runs, or another replay has it
        try:
            entry = read_line(found.trusted())
        except DamagedLineError as error:
            folder.set_aside(path, folder.DAMAGED_SUFFIX)
            done.damaged.append(f"{path.name} in the spool is damaged: {error}")
            return True
        entry = entry.given_up()
        return _record(path, entry.moved() if is_moved else entry, database, done)


def _record(path: Path, entry: Entry, database: Database, done: Replay) -> bool:
    try:
        is_new = record_entry(entry, database)
    except (NoConnectionError, NotInstalledError, LockedError) as error:
        done.reason = error.message
        return False
    except DbtrackError as error:
        if _is_final(error):
            _refuse(path, entry, error, done)
        else:
            done.kept += 1
            done.reason = done.reason or error.message
        return True
    done.recorded += is_new
    done.present += not is_new
    folder.remove(path)
    return True


def record_entry(entry: Entry, database: Database) -> bool:
    """Record one entry; return False where it is recorded already.

    An end whose start the database does not have, as after a failover, is recorded as a whole operation: the
    entry holds all of it.

    Raises:
        DbtrackError: the database does not accept it.
    """
    with limited_transaction(database, statement="5s", lock="1s"):
        if entry.execution is not None:
            with suppress(UnknownExecutionError):
                return _complete(database, entry, bytes.fromhex(entry.execution))
        return record_spooled(database, entry.spool_id, entry.operation(), tenant=entry.tenant)


def _complete(database: Database, entry: Entry, key: bytes) -> bool:
    try:
        complete_operation(
            database,
            key,
            success=entry.status is Status.COMPLETED,
            error_message=entry.error_message,
            metadata={**entry.metadata, "spool_id": str(entry.spool_id)},
            status=entry.status,
            duration_us=entry.duration_us,
        )
    except AlreadyClosedError as error:
        if error.status != entry.status:
            raise
        return False
    return True


def _is_final(error: DbtrackError) -> bool:
    if isinstance(error, QueryError):
        return (error.sqlstate or "").startswith(_UNSTORABLE_CLASSES)
    return isinstance(error, UsageError | AlreadyClosedError | UnknownExecutionError)


def _refuse(path: Path, entry: Entry, error: DbtrackError, done: Replay) -> None:
    spooled = replace(entry, refused=error.message)
    aside = path.with_suffix(folder.REFUSED_SUFFIX)
    os.close(folder.write(aside, spooled.as_line()))
    if aside != path:
        folder.remove(path)
    done.refused.append(f"the record of {entry.script_name} in the spool was refused: {error.message}")
