"""What `dbtrack top` shows as columns and rows, for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbtrack.activity.snapshot import Running, Session, Snapshot
from dbtrack.columns import Column, Kind
from dbtrack.reports import columns

Row = tuple[Any, ...]

RUNNING_COLUMNS = (
    columns.EXECUTION_KEY,
    columns.SCRIPT_NAME,
    columns.STARTED,
    columns.USER,
    columns.TENANT,
    Column("ticket", Kind.IDENTIFIER, "Ticket", rank=6),
    Column("elapsed_ms", Kind.DURATION_MS, "Elapsed"),
    Column("usual_ms", Kind.DURATION_MS, "Usual p95"),
    Column("backend_pid", Kind.IDENTIFIER, "Process", rank=8),
    Column("statement", Kind.TEXT, "Statement", rank=7),
    Column("lock_mode", Kind.IDENTIFIER, "Waits for", rank=1),
    Column("object_identity", Kind.IDENTIFIER, "On"),
    Column("waited_ms", Kind.DURATION_MS, "Waited"),
    Column("holders", Kind.JSON, "Held by"),
)
LATELY_COLUMNS = (
    columns.EXECUTION_KEY,
    columns.SCRIPT_NAME,
    columns.SCRIPT_TYPE,
    columns.STATUS,
    columns.STARTED,
    columns.DURATION,
    columns.USER,
    columns.TENANT,
    columns.OBJECTS,
    Column("ticket", Kind.IDENTIFIER, "Ticket", rank=6),
    Column("sqlstate", Kind.IDENTIFIER, "SQLSTATE", rank=7),
    Column("error", Kind.TEXT, "Error"),
    Column("change_count", Kind.COUNT, "Changes", rank=8),
    Column("waited_ms", Kind.DURATION_MS, "Waited", rank=9),
)
HOUR_COLUMNS = (
    Column("place", Kind.COUNT, "Five minutes"),
    Column("operations", Kind.COUNT, "Operations"),
    Column("failed", Kind.COUNT, "Failed"),
)


@dataclass(frozen=True)
class Rows:
    """The rows of the three parts."""

    running: list[Row]
    lately: list[Row]
    last_hour: list[Row]


def rows_of(snapshot: Snapshot) -> Rows:
    """Return a snapshot as rows: one for each session of what runs, or one without a session."""
    return Rows(
        [row for running in snapshot.running for row in _running_rows(running)],
        [tuple(vars(ended).values()) for ended in snapshot.lately],
        [
            (number - len(snapshot.last_hour.operations) + 1, *counts)
            for number, counts in enumerate(
                zip(snapshot.last_hour.operations, snapshot.last_hour.failed, strict=True)
            )
        ],
    )


def _running_rows(running: Running) -> list[Row]:
    shared = (
        running.key,
        running.name,
        running.started_at,
        running.login,
        running.tenant,
        running.ticket,
        running.elapsed_ms,
        running.usual_ms,
    )
    if not running.sessions:
        return [(*shared, None, None, None, None, None, None)]
    return [(*shared, session.pid, session.statement, *_wait_values(session)) for session in running.sessions]


def _wait_values(session: Session) -> Row:
    wait = session.wait
    if wait is None:
        return (None, None, None, None)
    holders = [
        {name: value for name, value in vars(holder).items() if value is not None} for holder in wait.holders
    ]
    return (wait.lock_mode, wait.object_identity, wait.waited_ms, holders)
