"""Locks and transactions that block an install or uninstall."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError

_POLL_SECONDS = 0.05


@contextmanager
def naming_lock_holders(database: Database, outcome: str) -> Iterator[None]:
    """Add the outcome and the holders of locks to a `LockedError` of the block."""
    try:
        yield
    except LockedError as error:
        holders = _holders(database)
        raise LockedError(
            "; ".join([f"{outcome}: {error.message}", *holders]),
            hint="wait for it to end, or end it with pg_terminate_backend, and try again"
            if holders
            else error.hint,
        ) from error


@contextmanager
def limited_lock_waits(database: Database, seconds: float) -> Iterator[None]:
    """Open a transaction with a lock timeout, in which identities have their full names."""
    with database.transaction():
        database.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
        # Identities are compared as text, and omit our schema's name if it is on the session's search_path.
        database.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        yield


def wait_for_transactions(database: Database, seconds: float, on_wait: Callable[[str], None]) -> None:
    """Wait until all transactions that other sessions have open now are finished.

    Args:
        seconds: how long to wait at most.
        on_wait: called once, with a short description of what it waits for.

    Raises:
        LockedError: one of these is still open.
    """
    deadline = time.monotonic() + seconds
    open_now = _in_flight(database)
    has_called = False
    while open_now:
        if time.monotonic() > deadline:
            raise LockedError(
                f"still open after {seconds:g} s: {_transaction_list(open_now)}",
                hint="wait for them to end, or end them with pg_terminate_backend, and try again",
            )
        time.sleep(_POLL_SECONDS)
        current = _in_flight(database)
        open_now = {key: name for key, name in open_now.items() if key in current}
        if open_now and not has_called:
            on_wait(f"waiting for {_transaction_list(open_now)}")
            has_called = True


def _in_flight(database: Database) -> dict[tuple[int, str], str]:
    rows = database.rows(sql_files.query("installation/transactions_in_flight"))
    return {
        (pid, transaction): f"the transaction of process {pid} ({login or 'unknown'}) since {since or '?'}"
        for pid, transaction, login, since in rows
    }


def _transaction_list(transactions: dict[tuple[int, str], str]) -> str:
    names = list(transactions.values())
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _holders(database: Database) -> list[str]:
    # Not every role may query them, and after a failed first install there are none.
    with suppress(DbtrackError):
        return [
            f"{who} has held a lock since {since}" + (f" with: {statement}" if statement else "")
            for who, since, statement in database.rows(sql_files.query("installation/lock_holders"))
        ]
    return []
