"""A migration history that nobody here wrote: all of procrastinate's plain SQL, from its first version on."""

from __future__ import annotations

import importlib.util
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.schemas import (
    captured,
    database_name,
    existing_objects,
    existing_tables,
    logged_statements,
    makers_of,
    operations,
    schema_dump,
)
from tests.support.command_line import run_dbtrack
from tests.support.servers import Server

pytestmark = [pytest.mark.any_server, pytest.mark.matrix, pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class History:
    """The history, run once plainly and once under dbtrack.

    Args:
        files: names of the files, in order.
        plain: connection string of the database where it ran plainly.
        tracked: of the one where each file ran under `dbtrack track`.
        logged: the DDL statements that the server's log shows for the latter, first lines.
        skipped: how many of them the server said it skipped, because there was nothing to do.
    """

    files: list[str]
    plain: str
    tracked: str
    logged: list[str]
    skipped: int


def migration_files() -> list[Path]:
    """Return the files in the order that procrastinate documents: by version, as they sort by name."""
    spec = importlib.util.find_spec("procrastinate")
    assert spec
    assert spec.origin
    files = sorted((Path(spec.origin).parent / "sql" / "migrations").glob("*.sql"))
    assert len(files) > 30
    return files


def psql(path: Path) -> list[str]:
    return ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(path)]


@pytest.fixture
def history(server: Server, empty_conninfo: str, installed_conninfo: str) -> History:
    plain, tracked = database_name(empty_conninfo), database_name(installed_conninfo)
    server.psql(f"ALTER DATABASE {tracked} SET log_statement = 'ddl'")
    files, skipped = migration_files(), 0
    for path in files:
        subprocess.run(psql(path), env=server.environment(plain), check=True, capture_output=True)
        result = run_dbtrack("track", path.name, "--", *psql(path), environment=server.environment(tracked))
        assert result.returncode == 0, result.stderr
        skipped += result.stderr.count(", skipping")
    logged = logged_statements(server, installed_conninfo)
    return History([path.name for path in files], empty_conninfo, installed_conninfo, logged, skipped)


def test_every_file_is_recorded_whole_and_the_schema_is_as_without(server: Server, history: History) -> None:
    assert schema_dump(server, history.tracked) == schema_dump(server, history.plain)
    assert operations(history.tracked) == [(name, "MIGRATION", "COMPLETED") for name in history.files]

    record = captured(history.tracked)
    assert {command.status for command in record} == {"COMPLETED"}
    assert {command.operation for command in record} <= set(history.files)
    # The server's own log is the witness: every statement once, but for those that it skipped.
    assert len(record) == len(history.logged) - history.skipped
    assert len(record) > 150

    named = {identity for command in record for identity in command.objects}
    assert [identity for _, identity in existing_objects(history.plain) if identity not in named] == []
    assert_every_table_has_the_file_that_made_it(history.tracked)


def assert_every_table_has_the_file_that_made_it(tracked: str) -> None:
    texts = {path.name: path.read_text().replace("IF NOT EXISTS ", "") for path in migration_files()}
    tables = existing_tables(tracked)
    assert len(tables) >= 4
    for table, maker in makers_of(tables, captured(tracked)).items():
        assert f"CREATE TABLE {table.removeprefix('public.')}" in texts[maker]
