"""Compare the catalogs with their last snapshot and with the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError

CHANGE_COLUMNS = (
    Column("object_type", Kind.TEXT, "Kind"),
    Column("object_identity", Kind.IDENTIFIER, "Object"),
    Column("change", Kind.TEXT, "Change"),
    Column("before", Kind.JSON, "Before"),
    Column("after", Kind.JSON, "After"),
    Column("window_start", Kind.TIME, "Not before", rank=2),
    Column("window_end", Kind.TIME, "Found", rank=1),
    Column("execution_key", Kind.KEY, "Execution", rank=3),
)


class Outcome(StrEnum):
    """What a run did."""

    BASELINE = "baseline"
    """The first run, or as requested: took a snapshot, and compared nothing."""
    RESTORED = "restored"
    """The last snapshot was restored from a dump: that is the only finding, and a new snapshot was taken."""
    COMPARED = "compared"
    COMPARED_BY_NAME = "compared_by_name"
    """The server was upgraded or replaced while capture was suspended: compared what people can read."""


@dataclass(frozen=True)
class Reconciliation:
    """What a run found.

    Args:
        objects: how many objects the snapshot now contains.
        changes: how many differ from the last snapshot.
        unattributed: the changes that no execution explains, in the columns of `CHANGE_COLUMNS`.
        window_start: when the last snapshot was taken; None if there was none.
        window_end: when this run took its snapshot.
    """

    outcome: Outcome
    objects: int
    changes: int
    unattributed: list[Row]
    window_start: datetime | None
    window_end: datetime


def reconcile(database: Database, *, baseline: bool = False) -> Reconciliation:
    """Find what changed since the last run, and record as UNATTRIBUTED what no execution explains.

    Args:
        database: connected as an administrator of dbtrack; objects are read with the privileges of dbtrack's
            owner.
        baseline: only take a new snapshot.

    Raises:
        LockedError: another reconcile is running.
        PermissionDeniedError: the role is not an administrator of dbtrack.
        DbtrackError: the server is a standby.
    """
    if database.in_recovery:
        raise DbtrackError(
            "this server is a standby: it cannot keep a snapshot", hint="connect to the primary server"
        )
    with database.transaction():
        [(outcome, objects, changes, _, start, end)] = database.call("reconcile_catalog", baseline=baseline)
        window = {"window_start": start, "window_end": end}
        findings = database.rows(sql_files.query("reconcile/unattributed"), window)
    return Reconciliation(Outcome(outcome), objects, changes, findings, start, end)
