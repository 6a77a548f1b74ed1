"""Dumping and restoring a database by PostgreSQL's own programs, and looking at all that dbtrack keeps."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.support.servers import Server

_TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c
WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1
"""

Content = dict[str, list[str]]


def database_name(conninfo: str) -> str:
    """Return the name of the database that a connection string leads to."""
    return str(conninfo_to_dict(conninfo)["dbname"])


def attempt(server: Server, program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of the server's own programs, whatever its exit code."""
    return subprocess.run(
        [str(server.bin_dir / program), *map(str, words)],
        env=server.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def call(server: Server, program: str, *words: str | Path) -> str:
    """Run one of the server's own programs, which must succeed in silence, and return what it wrote."""
    done = attempt(server, program, *words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def content(conninfo: str) -> Content:
    """Return every row of every table of dbtrack as text, the history's partitions taken together."""
    with psycopg.connect(conninfo) as connection:
        tables = [row[0] for row in connection.execute(_TABLES)]
        return {
            table: [
                row[0] for row in connection.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1".encode())
            ]
            for table in tables
        }


def additions(before: Content, after: Content) -> Content:
    """Return the rows that came, table by table; rows that went, or came twice, fail."""
    assert before.keys() == after.keys()
    return {table: _added(before[table], after[table]) for table in after if before[table] != after[table]}


def _added(before: Iterable[str], after: list[str]) -> list[str]:
    rest = list(after)
    for row in before:
        rest.remove(row)
    return rest
