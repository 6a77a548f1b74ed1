"""psql exits 0 after SQL errors: what the wrapper makes of that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbtrack import wrapper
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.operations import NewOperation
from tests.support.servers import Server
from tests.support.wrapped import Track, only_execution

SQL_WITH_ERRORS = "SELECT 1/0;\nCREATE TABLE kept (id int);\nSELECT nope;\n"


@pytest.fixture
def track(installed_conninfo: str, server: Server) -> Track:
    return Track(installed_conninfo, server)


def test_errors_that_psql_hides_are_noticed(
    track: Track, installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    script = tmp_path / "migration.sql"
    script.write_text(SQL_WITH_ERRORS)
    done = track("psql", "-X", "-q", installed_conninfo, "-f", str(script))
    assert done.returncode == 0
    said, closing = done.stderr.decode().splitlines()[-2:]
    assert closing.startswith("dbtrack: job is recorded as FAILED; see: dbtrack show ")
    assert said.startswith("dbtrack: psql exited 0 after 2 error(s): recorded as FAILED")
    assert "-v ON_ERROR_STOP=1" in said
    current = only_execution(installed).current
    assert (current.status, current.metadata["psql_errors"]) == ("FAILED", 2)
    assert "division by zero" in str(current.error_message)
    assert current.metadata["cause"] == "division by zero"


def test_strict_makes_hidden_errors_the_exit_code(
    installed_conninfo: str,
    installed: Database,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", f"{server.bin_dir}{os.pathsep}{os.environ['PATH']}")
    target = resolve_target(ConnectionOptions(dbname=installed_conninfo), {})
    said: list[str] = []
    command = ["psql", "-X", "-q", installed_conninfo, "-c", "SELECT 1", "-f", os.devnull]
    assert wrapper.run_command(target, NewOperation("good"), command, strict=True, say=said.append) == 0
    command = ["sh", "-c", f"echo 'SELECT 1/0;' | psql -X -q '{installed_conninfo}'"]
    assert wrapper.run_command(target, NewOperation("bad"), command, strict=True, say=said.append) == 3
    assert len(said) == 2
    assert "ERROR:  division by zero" in capfd.readouterr().err


def test_psql_that_stops_at_errors_is_left_alone(track: Track, installed_conninfo: str) -> None:
    done = track(
        "psql", "-X", "-q", installed_conninfo, "-v", "ON_ERROR_STOP=1", stdin=SQL_WITH_ERRORS.encode()
    )
    assert done.returncode == 3
    assert b"psql exited" not in done.stderr


def test_a_file_that_a_script_includes_and_that_is_missing_is_an_error(
    track: Track, installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    script = tmp_path / "migration.sql"
    script.write_text("\\i missing.sql\nSELECT 1;\n")
    done = track("psql", "-X", "-q", installed_conninfo, "-f", str(script), options=("--strict",))
    assert done.returncode == 3
    current = only_execution(installed).current
    assert (current.status, current.metadata["psql_errors"]) == ("FAILED", 1)
    assert current.metadata["cause"] == "missing.sql: No such file or directory"
