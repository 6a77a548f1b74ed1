"""What `dbtrack ingest` recorded of a server's work, for the tests to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbtrack.db import Database
from dbtrack.ingest import Ingest, IngestOptions, log_source
from tests.support.logging_server import PREFIX
from tests.support.servers import Server

WORK = (
    "CREATE ROLE ingested LOGIN PASSWORD 'hunter2-first'",
    "CREATE TABLE broken (id nosuch)",
    "GRANT pg_monitor TO ingested",
    "CREATE TABLE twice (); CREATE TABLE twice ()",
    "TRUNCATE nowhere",
    "CREATE TABLE here (id int)",
    "TRUNCATE here",
    "VACUUM (FULL) here",
    "DO $$ BEGIN CREATE TABLE here (); END $$",
    "ALTER ROLE ingested PASSWORD hunter2unquoted",
    "/* why */ COMMENT\n ON ROLE ingested IS 'naïve'",
    "SELECT 1 / 0",
    "CREATE TABLE\n\tlines (\n\ta nosuch)",
    "DROP ROLE ingested",
)
EXPECTED = [
    ("CREATE ROLE", "COMPLETED", None),
    ("CREATE TABLE", "FAILED", "42704"),
    ("GRANT ROLE", "COMPLETED", None),
    ("CREATE TABLE", "FAILED", "42P07"),
    ("TRUNCATE TABLE", "FAILED", "42P01"),
    ("TRUNCATE TABLE", "COMPLETED", None),
    ("VACUUM", "COMPLETED", None),
    ("CREATE TABLE", "FAILED", "42P07"),
    ("ALTER ROLE", "FAILED", "42601"),
    ("COMMENT", "COMPLETED", None),
    ("CREATE TABLE", "FAILED", "42704"),
    ("DROP ROLE", "COMPLETED", None),
]
_RECORDED = """
SELECT * FROM script_tracking.current_execution
WHERE script_type = 'DDL_LOG' ORDER BY (metadata ->> 'log_line')::int, version_number
"""


@dataclass(frozen=True)
class Logged:
    """A server that has worked and logged, and copies of its logs."""

    server: Server
    directory: Path

    def copy(self, suffix: str) -> Path:
        [path] = self.directory.glob(f"*.{suffix}")
        return path


def ingest(database: Database, *words: str | Path, warning: str = "", **options: Any) -> Ingest:
    """Ingest logs; it has to warn of this, or of nothing."""
    warnings: list[str] = []
    options.setdefault("prefix", PREFIX)
    # The work was done in another database than the one that it is recorded in.
    options.setdefault("all_databases", True)
    work = Ingest(database, IngestOptions(**options), warn=warnings.append)
    work.run([log_source(str(word), follow=False) for word in words])
    assert len(warnings) == bool(warning), warnings
    assert all(warning in each for each in warnings)
    return work


def recorded(database: Database) -> list[dict[str, Any]]:
    result = database.result(_RECORDED)
    return [dict(zip([column.name for column in result.columns], row, strict=True)) for row in result.rows]


def summary(database: Database) -> list[tuple[str, str, str | None]]:
    return [
        (row["script_name"], row["execution_status"], row["metadata"].get("sqlstate"))
        for row in recorded(database)
    ]
