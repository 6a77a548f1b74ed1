"""Several connections that read the database as of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbtrack.db.database import Database
from dbtrack.db.quoting import quote_literal

_ISOLATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


@contextmanager
def exported_snapshot(database: Database) -> Iterator[str]:
    """A transaction that reads only, and what names its snapshot to others."""
    with database.transaction():
        database.execute(_ISOLATE)
        yield database.value("SELECT pg_catalog.pg_export_snapshot()")


@contextmanager
def shared_snapshot(database: Database, snapshot: str) -> Iterator[None]:
    """A transaction that reads only, in the snapshot that another connection holds open."""
    with database.transaction():
        database.execute(_ISOLATE)
        database.execute(f"SET TRANSACTION SNAPSHOT {quote_literal(snapshot)}")
        yield
