"""Bounds on how long our own statements may take: tracking must never hold up what is tracked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbtrack.db import Database

_SET_LIMIT = "SELECT pg_catalog.set_config(%(name)s, %(value)s, true)"


@contextmanager
def limited(database: Database, *, statement: str = "30s", lock: str = "15s") -> Iterator[None]:
    """Open a transaction with limits of its own.

    Set for our transactions only: behind a pooler the session is one that others use after us.

    Args:
        statement: how long one statement may take, as PostgreSQL writes it.
        lock: how long one may wait for a lock.
    """
    with database.transaction():
        for name, value in (("statement_timeout", statement), ("lock_timeout", lock)):
            database.execute(_SET_LIMIT, {"name": name, "value": value})
        yield
