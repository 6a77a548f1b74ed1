"""Executions of the past, for the tests of retention and of reports."""

from __future__ import annotations

from datetime import datetime

from dbtrack.db import Database

_INSERT = """
WITH hub AS (
    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, load_date, record_source)
    SELECT sha256(convert_to(k.key, 'UTF8')), k.key, %(at)s, 'test'
    FROM (SELECT %(name)s || %(at)s::text AS key) AS k
    RETURNING script_execution_hk, load_date
)
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, load_end_date, hash_diff,
    script_name, script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user,
    record_source)
SELECT script_execution_hk, load_date, %(ended)s, sha256('x'), %(name)s, 'MANUAL', %(status)s, load_date, 5, 'test',
    'test'
FROM hub
RETURNING script_execution_hk
"""
_CLOSE = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, record_source)
VALUES (%(key)s, %(ended)s, sha256('x'), %(name)s, 'MANUAL', 'COMPLETED', %(at)s, 5, 'test', 'test')
"""
_OPEN = """
INSERT INTO script_tracking.open_execution (script_execution_hk, load_date, opened_by, is_bound, backend_pid)
VALUES (%(key)s, %(at)s, 'test', false, 1)
"""


def past_execution(
    database: Database, name: str, at: datetime, *, ended: datetime | None = None, running: bool = False
) -> bytes:
    """Write an execution that started at `at`: in one version, in two if it `ended` later, or still running."""
    status = "RUNNING" if running or ended else "COMPLETED"
    params = {"name": name, "at": at, "ended": ended, "status": status}
    key: bytes = database.value(_INSERT, params)
    if ended:
        database.execute(_CLOSE, {**params, "key": key})
    if running:
        database.execute(_OPEN, {**params, "key": key})
    return key


def make_month(database: Database, month: datetime) -> None:
    """Make the partitions of a past month."""
    database.execute("SELECT script_tracking.ensure_month(%(month)s)", {"month": f"{month:%Y_%m}"})


def names(database: Database) -> list[str]:
    """Names of the executions that are there, in order."""
    return [
        row[0]
        for row in database.rows("SELECT script_name FROM script_tracking.current_execution ORDER BY 1")
    ]
