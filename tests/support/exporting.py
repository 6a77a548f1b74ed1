"""Exports as a user makes them, and the record they are compared with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg

from tests.support.command_line import done, rows, run_dbtrack

_FILL = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
    execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects, sql_command,
    record_source)
SELECT sha256(int8send(n)), now() - n * %(apart)s::interval, '\\x00', 'CREATE TABLE', 'DDL_AUTO', 'COMPLETED',
    now() - n * %(apart)s::interval, 5, 'alice', ARRAY['public.t' || n], repeat('x', 100), 'test'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
ALL_IDS = """
SELECT encode(s.script_execution_hk, 'hex') || '-' || (extract(epoch FROM s.load_date) * 1000000)::bigint
FROM script_tracking.script_execution_s AS s
"""


def exported(conninfo: str, *words: str) -> list[dict[str, Any]]:
    """Return what an export of executions to standard output has, which must succeed without a word."""
    return rows(run_dbtrack("export", "executions", "--format", "jsonl", *words, "-d", conninfo))


def new_ids(conninfo: str, state: Path) -> list[str]:
    """Return the ids of one incremental export."""
    return [row["id"] for row in exported(conninfo, "--state", str(state))]


def wrote(conninfo: str, *words: str) -> str:
    """Export with these words, which must succeed without a word; return standard output."""
    return done(run_dbtrack("export", *words, "-d", conninfo))


def recorded_ids(conninfo: str) -> list[str]:
    """Return the ids of all versions in the record."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        return [row[0] for row in connection.execute(ALL_IDS.encode())]


def state_of(path: Path) -> dict[str, Any]:
    """Return the content of a state file."""
    found = json.loads(path.read_text())
    assert isinstance(found, dict)
    return found


def record(conninfo: str, *names: str) -> None:
    """Record a finished operation for each name."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name in names:
            connection.execute(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s))", (name,)
            )


def fill(conninfo: str, first: int, last: int, *, apart: str = "1 second") -> None:
    """Write executions of the past, numbered from the latest, so far apart."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(_FILL, {"first": first, "last": last, "apart": apart})
