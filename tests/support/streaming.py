"""Run `dbtrack stream` as a process, and record many changes for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.command_line import clean_environment

_COMMENTS = """
DO $$ BEGIN
    FOR i IN {first}..{last} LOOP
        EXECUTE format('COMMENT ON TABLE many.t%s IS %L', i %% {tables}, i);
    END LOOP;
END $$
"""
_BATCH = 5000


def record_changes(connection: psycopg.Connection[Any], count: int, *, tables: int = 20) -> None:
    """Comment on some tables in turn, so many times in all."""
    connection.execute("SET client_min_messages = warning")
    connection.execute("CREATE SCHEMA IF NOT EXISTS many")
    for number in range(tables):
        connection.execute(f"CREATE TABLE IF NOT EXISTS many.t{number} (a int)")
    for first in range(1, count + 1, _BATCH):
        last = min(first + _BATCH - 1, count)
        connection.execute(_COMMENTS.format(first=first, last=last, tables=tables).replace("%%", "%"))


def recorded_events(connection: psycopg.Connection[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return id and data of every event of the record, in its order."""
    return connection.execute(
        "SELECT event_id, event_data FROM script_tracking.event ORDER BY version_number"
    ).fetchall()


@contextmanager
def streaming(conninfo: str, *words: str, state: Path, stdout: Any = None) -> Iterator[subprocess.Popen[str]]:
    """Run `dbtrack stream` until the block ends.

    Args:
        state: a directory for what it remembers.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "dbtrack", "stream", "-d", conninfo, *words],
        env=clean_environment({"DBTRACK_STATE": str(state)}),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def first_copies(messages: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the ids of each key in the order of their first arrival."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for key, event_id in messages:
        found[key].setdefault(event_id)
    return {key: list(ids) for key, ids in found.items()}


def by_table(events: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, list[str]]:
    """Return the ids of the events of `record_changes`, by the key that their messages must have."""
    return first_copies((str(data["objects"][0]), event_id) for event_id, data in events)


def documents(text: str) -> list[dict[str, Any]]:
    """Return JSON lines as values."""
    return [json.loads(line) for line in text.splitlines()]
