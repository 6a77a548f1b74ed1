"""The suspension of capture that is open now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dbtrack import sql_files
from dbtrack.db import Database

_HAS_ROUTINE = "SELECT pg_catalog.to_regprocedure('script_tracking.get_suspension()') IS NOT NULL"


@dataclass(frozen=True)
class Suspension:
    """A suspension of capture that is open.

    Args:
        until: when capture was to be resumed; later, the suspension counts as forgotten.
        login: who suspended it; None if this login may not know.
        reason: why; None if this login may not know.
        details: all of this in one sentence.
    """

    since: datetime
    until: datetime
    login: str | None
    reason: str | None
    is_forgotten: bool
    details: str


def knows_suspensions(database: Database) -> bool:
    """Tell whether the dbtrack of the database is recent enough to suspend capture."""
    return bool(database.value(_HAS_ROUTINE))


def open_suspension(database: Database) -> Suspension | None:
    """Return the suspension that is open now; None if there is none, or dbtrack is older."""
    if not knows_suspensions(database):
        return None
    row = database.row(sql_files.query("installation/open_suspension"))
    return Suspension(*row) if row else None
