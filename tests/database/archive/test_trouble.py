"""What goes wrong with archives at night: long statements, signals, two at once, odd disks, odd settings, damage."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack import archive, retention, schema
from dbtrack.archive import duckdb_engine, month_snapshot
from dbtrack.archive.directory import locked_directory
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, UsageError
from tests.support.archiving import change_while_archiving
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.history import make_month, names, past_execution
from tests.support.servers import Server
from tests.support.servers.sandbox import drop_database

pytestmark = pytest.mark.any_server

_OLD = datetime.now(UTC) - timedelta(days=100)
_LONG = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, sql_command, record_source)
SELECT sha256(n::text::bytea), %(at)s::timestamptz + n * interval '1 second', '', 'long', 'MANUAL', 'COMPLETED', %(at)s, 'x',
    repeat(n || '"' || chr(233), 6000), 'test'
FROM generate_series(1000, 3099) AS n
"""


def _asked(directory: Path, statement: str) -> list[tuple[Any, ...]]:
    with archive.query(directory, statement) as answer:
        return list(answer.rows)


def _file_names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.fixture
def archived(installed: Database, tmp_path: Path) -> Path:
    """An archive of one file, of one execution."""
    past_execution(installed, "old", _OLD)
    archive.cleanup(installed, tmp_path / "archive", days=60)
    return tmp_path / "archive"


@pytest.mark.matrix
def test_many_long_statements_fit_into_little_memory_and_come_back(
    installed: Database, tmp_path: Path
) -> None:
    installed.execute(_LONG, {"at": _OLD})
    content = "SELECT md5(string_agg((to_jsonb(s) - 'recorded_by')::text, '' ORDER BY s.load_date)) FROM script_tracking.script_execution_s AS s"
    content += " WHERE script_name = 'long'"
    before = installed.value(content)
    archive.cleanup(installed, tmp_path, days=60)
    assert installed.value(content) is None
    assert _asked(tmp_path, "SELECT count(*), min(length(sql_command)) FROM executions") == [(2100, 36_000)]
    archive.restore(installed, tmp_path)
    assert installed.value(content) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_signal_while_duckdb_works_is_not_an_internal_error(
    archived: Path, tmp_path: Path, number: signal.Signals
) -> None:
    words = ["archive", "query", str(archived), "SELECT count(*) FROM range(1000000000000)"]
    with subprocess.Popen(
        [sys.executable, "-m", "dbtrack", *words],
        env=clean_environment({"TMPDIR": str(tmp_path)}),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        _wait_for(lambda: any(tmp_path.glob("dbtrack-archive-*")))
        time.sleep(0.5)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (-number, "")


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_error_of_duckdb_in_json_is_shown_in_words() -> None:
    said = 'IO Error: Async write failed: {"exception_type":"IO","exception_message":"Could not write \\"a\\": full."}'
    assert duckdb_engine.first_line(said) == 'Could not write "a": full'


def test_two_cleanups_do_not_archive_into_one_directory_at_once(installed: Database, tmp_path: Path) -> None:
    past_execution(installed, "old", _OLD)
    with locked_directory(tmp_path), pytest.raises(LockedError, match="another cleanup archives into"):
        archive.cleanup(installed, tmp_path, days=60)
    assert (_file_names(tmp_path), names(installed)) == ([], ["old"])


def test_what_a_killed_cleanup_left_is_removed_by_the_next(installed: Database, tmp_path: Path) -> None:
    (tmp_path / ".executions-x1.tmp").mkdir()
    (tmp_path / ".executions-x1.tmp" / "0.parquet").write_text("half")
    (tmp_path / ".executions-executions_2020_01.json.tmp").write_text("half")
    past_execution(installed, "old", _OLD)
    archive.cleanup(installed, tmp_path, days=60)
    assert _file_names(tmp_path) == [f"executions_{_OLD:%Y_%m}.json", f"executions_{_OLD:%Y_%m}.parquet"]


def test_files_are_for_their_owner_and_group_only(archived: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) & 0o007 for path in archived.iterdir()} == {0}


def test_a_file_system_without_links_locks_and_flushing_of_directories_will_do(
    installed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def refused(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        flush(descriptor)

    past_execution(installed, "old", _OLD)
    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(os, "fsync", files_only)
    monkeypatch.setattr("fcntl.flock", refused)
    assert archive.cleanup(installed, tmp_path, days=60).executions == 1
    assert [each.is_verified for each in archive.list_archive(tmp_path)] == [True]


def test_what_comes_into_an_old_month_meanwhile_is_archived_too(
    installed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_month(installed, _OLD)
    past_execution(installed, "old", _OLD)
    change_while_archiving(monkeypatch, lambda: past_execution(installed, "put there meanwhile", _OLD))
    assert archive.cleanup(installed, tmp_path, days=30).executions == 2
    assert _asked(tmp_path, "SELECT script_name FROM executions ORDER BY 1") == [
        ("old",),
        ("put there meanwhile",),
    ]


def test_what_replication_brings_late_meanwhile_is_archived_too(
    installed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a month that has no partition of its own, so that it goes row by row.
    past_execution(installed, "old", _OLD)
    runs = change_while_archiving(monkeypatch, lambda: past_execution(installed, "late", _OLD))
    assert archive.cleanup(installed, tmp_path, days=30).executions == 2
    assert len(runs) == 2
    assert _asked(tmp_path, "SELECT script_name FROM executions ORDER BY 1") == [("late",), ("old",)]


def test_a_pipe_instead_of_a_manifest_is_not_waited_for(installed: Database, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "executions_2020_01.json")
    with pytest.raises(DbtrackError, match="not a regular file"):
        archive.list_archive(tmp_path)
    (tmp_path / "executions_2020_01.json").unlink()
    for content in ("[" * 100_000, '{"format_version":' * 50_000, " " * 2_000_000):
        (tmp_path / "executions_2020_01.json").write_text(content)
        with pytest.raises(DbtrackError, match="is damaged"):
            archive.list_archive(tmp_path)


def test_a_lost_operation_that_ends_while_the_archive_begins_is_archived_with_its_end(
    installed: Database, installed_conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = past_execution(installed, "lost", _OLD)
    installed.execute("UPDATE script_tracking.script_execution_s SET execution_status = 'ABANDONED'")
    settles = month_snapshot._wait_until_quiet
    with psycopg.connect(installed_conninfo) as owner:

        def ending(database: Database, month: str) -> bool:
            settled = settles(database, month)
            if month == f"{datetime.now(UTC) - timedelta(days=60):%Y_%m}":  # the last of them
                owner.execute("SELECT script_tracking.complete_operation(%s)", (key,))
            return settled

        monkeypatch.setattr(month_snapshot, "_wait_until_quiet", ending)
        archive.cleanup(installed, tmp_path, days=60, progress=lambda _: owner.commit())
    statuses = "SELECT execution_status FROM versions ORDER BY load_date"
    assert _asked(tmp_path, statuses) == [("ABANDONED",), ("COMPLETED",)]


def test_neither_time_limits_nor_old_settings_of_the_role_keep_it_from_archiving(
    installed: Database, tmp_path: Path
) -> None:
    past_execution(installed, "old", _OLD)
    installed.execute("SET idle_in_transaction_session_timeout = '100ms'")
    installed.execute("SET standard_conforming_strings = off")
    report = archive.cleanup(installed, tmp_path, days=60, progress=lambda _: time.sleep(0.3))
    assert report.executions == 1
    archive.restore(installed, tmp_path, progress=lambda _: time.sleep(0.3))
    took = installed.rows(
        "SELECT script_name, execution_duration_ms >= 300 FROM script_tracking.current_execution"
        " WHERE script_name IN ('dbtrack archive restore', 'dbtrack cleanup') ORDER BY 1"
    )
    assert took == [("dbtrack archive restore", True), ("dbtrack cleanup", True)], (
        "it is recorded with its work"
    )


def test_the_same_row_in_two_files_is_shown_once_whatever_the_zone_of_the_runs(
    installed: Database, tmp_path: Path
) -> None:
    noon = _OLD.replace(day=15, hour=12)
    past_execution(installed, "old", noon)
    cutoff = retention.retention_cutoff(installed, 60)
    month_snapshot.archive_months(installed, tmp_path, cutoff, lambda _: None)
    past_execution(installed, "found later", noon + timedelta(minutes=1))
    installed.execute("SET TimeZone = 'Asia/Tokyo'")
    month_snapshot.archive_months(installed, tmp_path, cutoff, lambda _: None)
    assert len(archive.list_archive(tmp_path)) == 2
    assert _asked(tmp_path, "SELECT count(*) FROM executions") == [(2,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("month", 5),
        ("month", "../x"),
        ("archived_at", "now"),
        ("first_load_date", None),
        ("executions", None),
        ("bytes", "x"),
        ("file", "../executions_2026_01.parquet"),
        ("file", "executions_2026_01.parquet\0"),
    ],
)
def test_a_damaged_manifest_is_named(archived: Path, field: str, value: object) -> None:
    (path,) = archived.glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    ended = run_dbtrack("archive", "list", str(archived))
    hint = "restore it from a copy, or move it away"
    assert (ended.returncode, ended.stderr) == (1, f"dbtrack: {path} is damaged; {hint}\n")


def test_a_file_whose_manifest_was_lost_is_a_finding(archived: Path) -> None:
    (path,) = archived.glob("*.json")
    path.unlink()
    ended = run_dbtrack("archive", "list", str(archived))
    assert ended.returncode == 3
    assert ended.stderr == (
        f"dbtrack: warning: {path.with_suffix('.parquet')} has no manifest and is ignored\n"
    )


def test_a_time_that_python_does_not_know_is_a_usage_error(archived: Path) -> None:
    with pytest.raises(UsageError, match="1 to 9999"):
        _asked(archived, "SELECT TIMESTAMPTZ '290000-01-01'")


def test_an_unset_variable_for_the_directory_is_a_usage_error(installed_conninfo: str) -> None:
    ended = run_dbtrack("cleanup", "--archive", "", "-d", installed_conninfo)
    assert (ended.returncode, ended.stderr) == (2, "dbtrack: --archive needs a directory\n")


@pytest.fixture
def bytes_database(server: Server) -> Iterator[str]:
    name = "archive_bytes"
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    yield psycopg.conninfo.make_conninfo(server.conninfo(name), client_encoding="UTF8")
    drop_database(server, name)


def test_text_that_is_not_utf_8_is_said_and_left_alone(bytes_database: str, tmp_path: Path) -> None:
    with psycopg.connect(bytes_database, autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        past_execution(database, "old", _OLD)
        connection.execute("UPDATE script_tracking.script_execution_s SET sql_command = E'caf\\xe9'")
        with pytest.raises(DbtrackError, match="an archive can only contain UTF-8"):
            archive.cleanup(database, tmp_path, days=60)
        assert "old" in names(database)
