"""Bring the counts that reports read up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from dbtrack.db import Database
from dbtrack.errors import LockedError

_LOCK_PAUSE_SECONDS = 0.1


def roll_up(
    database: Database,
    *,
    rebuild: bool = False,
    progress: Callable[[int, datetime | None], None] = lambda _counted, _gap_end: None,
    wait_seconds: float = 5,
    waiting: Callable[[str], None] = lambda _holder: None,
) -> int:
    """Advance the rollups in small transactions until they are complete; return how many were counted.

    After an interruption, the next run continues. Reports are correct meanwhile, as they also read the rows.

    Args:
        rebuild: count everything again.
        progress: called after each step with how many executions are counted, and the time before which hours
            are not counted yet, None if there are none.
        wait_seconds: how long to wait for another session that has the rollups locked.
        waiting: called once, with the holder of the lock, when a wait begins.

    Raises:
        LockedError: another session still has them locked after that time.
        PermissionDeniedError: the role is neither an operator nor an administrator of dbtrack.
    """
    if rebuild:
        database.call("rebuild_rollups")
    counted = 0
    for executions, gap_end in _steps(database, "advance_rollups", wait_seconds, waiting):
        counted += executions
        progress(counted, gap_end)
    for _ in _steps(database, "advance_rollup_days", wait_seconds, waiting):
        pass
    return counted


def _steps(
    database: Database, function: str, wait_seconds: float, waiting: Callable[[str], None]
) -> Iterator[Sequence[Any]]:
    """Call a function that advances the rollups until it is done; yield what each step returns."""
    outcome = "more"
    deadline: float | None = None
    while outcome != "done":
        [(outcome, *done)] = database.call(function)
        if outcome == "skipped":
            holder = _rollup_holder(database)
            if deadline is None:
                deadline = time.monotonic() + wait_seconds
                waiting(holder)
            if time.monotonic() >= deadline:
                raise _rollups_locked(holder)
            time.sleep(_LOCK_PAUSE_SECONDS)
        else:
            deadline = None
            yield done


def _rollup_holder(database: Database) -> str:
    return database.call_value("get_rollup_holder") or "another session"


def _rollups_locked(holder: str) -> LockedError:
    return LockedError(
        f"the rollups are locked by {holder}",
        hint="reports are correct without them; run it again when that transaction has ended",
    )
