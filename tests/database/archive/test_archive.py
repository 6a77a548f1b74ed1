"""What a cleanup removes can be archived first: nothing is lost on the way, and all of it comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack import archive, retention, schema
from dbtrack.archive import month_snapshot
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError, packages_hint
from dbtrack.proof.seal import seal
from dbtrack.schema import settings
from tests.support.archiving import change_while_archiving
from tests.support.command_line import clean_environment, done, rows, run_dbtrack
from tests.support.history import make_month, past_execution
from tests.support.sealed import verified
from tests.support.servers.sandbox import RoleFactory

# On the oldest server CI runs those alone that are marked for every server.
pytestmark = pytest.mark.newest

_NOW = datetime.now(UTC)
_AWKWARD = """
UPDATE script_tracking.script_execution_s SET
    script_name = E'a,"b"\\n\\\\N''é[x]', sql_command = E'SELECT "1",\\r\\n2; -- \\\\.\\n\\tü\\x01', error_message = '',
    client_ip = '2001:db8::1', affected_objects = ARRAY['public."a,b"', 'x"y', '', E'n\\nl'],
    metadata = '{"n": 1.10, "s": "\\\\u00e9 \\"q\\"", "big": 12345678901234567890}', tenant_hk = '\\x00ff',
    execution_duration_ms = NULL
WHERE script_name = 'awkward'
"""
_CONTENT = """
SELECT string_agg(r.row, E'\\n' ORDER BY r.row)
FROM script_tracking.{} AS t, LATERAL (SELECT (to_jsonb(t) - 'recorded_by')::text AS row) AS r
WHERE t.load_date < now() - interval '50 days'
"""
_TABLES = ("script_execution_h", "script_execution_s", "script_execution_parent_l")


def _month(ago: int) -> datetime:
    first = _NOW.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(ago):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _names(database: Database) -> list[str]:
    """Return the names of what is recorded but for the making of partitions."""
    return [
        row[0]
        for row in database.rows(
            "SELECT script_name FROM script_tracking.current_execution"
            " WHERE script_type <> 'DDL_AUTO' AND script_name <> 'dbtrack maintain' ORDER BY 1"
        )
    ]


def _content(database: Database) -> list[object]:
    return [database.value(_CONTENT.format(table)) for table in _TABLES]


def _history(database: Database) -> None:
    """Three old months: with a partition, without one, and one that the cutoff cuts in two."""
    make_month(database, _month(6))
    parent = past_execution(database, "parent", _month(6) + timedelta(days=2))
    child = past_execution(database, "child", _month(6) + timedelta(days=3))
    past_execution(database, "awkward", _month(5) + timedelta(days=4))
    past_execution(database, "across", _month(5) - timedelta(hours=1), ended=_month(5) + timedelta(hours=1))
    past_execution(database, "late", _NOW - timedelta(days=61), ended=_NOW - timedelta(days=59))
    past_execution(database, "young", _NOW - timedelta(days=51))
    database.execute(_AWKWARD)
    database.execute(
        "INSERT INTO script_tracking.script_execution_parent_l VALUES"
        " (sha256('l'), %(parent)s, %(child)s, 'tracked', NULL, %(at)s, 'test')",
        {"parent": parent, "child": child, "at": _month(6) + timedelta(days=3)},
    )


def _asked(directory: Path, statement: str) -> list[tuple[Any, ...]]:
    with archive.query(directory, statement) as answer:
        return list(answer.rows)


@pytest.mark.every_server
def test_what_is_removed_comes_back_as_it_was(installed: Database, tmp_path: Path) -> None:
    _history(installed)
    before = _content(installed)
    report = archive.cleanup(installed, tmp_path, days=60)
    assert (report.executions, report.months) == (5, [f"{_month(6):%Y_%m}"])
    assert _names(installed) == ["dbtrack cleanup", "young"]
    listed = archive.list_archive(tmp_path)
    assert [each.is_verified for each in listed] == [True] * len(listed)
    assert sum(each.manifest.executions for each in listed) == 5
    assert sum(each.manifest.links for each in listed) == 1
    restored = archive.restore(installed, tmp_path)
    assert (restored.executions, restored.rows) == (5, 13)
    assert _content(installed) == before
    assert archive.restore(installed, tmp_path).rows == 0
    assert _names(installed).count("dbtrack archive restore") == 1
    retention.maintain(installed)
    assert schema.diagnose(installed) == []


def test_verify_reports_that_rows_without_a_seal_came_from_an_archive_and_accepts_none_of_them(
    installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    make_month(installed, _month(6))
    past_execution(installed, "old", _month(6) + timedelta(days=2))
    make_month(installed, _month(5))
    seal(installed)
    archive.cleanup(installed, tmp_path, days=60)
    archive.restore(installed, tmp_path)
    forged = past_execution(installed, "forged", _month(6) + timedelta(days=3))
    elsewhere = past_execution(installed, "elsewhere", _month(5) + timedelta(days=3))
    seal(installed)
    findings = verified(installed_conninfo).findings
    assert {finding.kind.value for finding in findings} == {"inserted"}
    said = {
        finding.key: "into which an archive was restored: unproven" in finding.details for finding in findings
    }
    assert len(said) == 3
    assert said[forged]
    assert not said[elsewhere]


def test_the_rows_of_a_version_that_came_later_are_in_the_archive(
    installed: Database, tmp_path: Path
) -> None:
    _history(installed)
    archive.cleanup(installed, tmp_path, days=60)
    late = "SELECT execution_status FROM versions WHERE script_name = 'late' ORDER BY load_date"
    assert _asked(tmp_path, late) == [("RUNNING",), ("COMPLETED",)]


def test_one_month_comes_back_with_whole_executions(installed: Database, tmp_path: Path) -> None:
    _history(installed)
    archive.cleanup(installed, tmp_path, days=60)
    archive.restore(installed, tmp_path, month=f"{_month(6):%Y-%m}")
    assert set(_names(installed)) >= {"parent", "child", "across", "young"}
    assert set(_names(installed)).isdisjoint({"awkward", "late"})


def test_what_runs_is_neither_archived_nor_removed(installed: Database, tmp_path: Path) -> None:
    _history(installed)
    past_execution(installed, "still running", _month(6) + timedelta(days=5), running=True)
    report = archive.cleanup(installed, tmp_path, days=60)
    assert (report.executions, report.months) == (5, [])
    assert "still running" in _names(installed)
    assert _asked(tmp_path, "SELECT count(*) FROM executions WHERE script_name = 'still running'") == [(0,)]


def test_what_is_closed_while_it_is_archived_is_archived_too(
    installed: Database, installed_conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = past_execution(installed, "closed meanwhile", _NOW - timedelta(days=100), running=True)
    past_execution(installed, "done", _NOW - timedelta(days=100))

    def close() -> None:
        with psycopg.connect(installed_conninfo, autocommit=True) as other:
            other.execute("SELECT script_tracking.complete_operation(%s)", (key,))

    runs = change_while_archiving(monkeypatch, close)
    assert archive.cleanup(installed, tmp_path, days=60).executions == 2
    assert len(runs) == 2
    archived = "SELECT script_name, execution_status FROM executions ORDER BY 1"
    assert _asked(tmp_path, archived) == [("closed meanwhile", "COMPLETED"), ("done", "COMPLETED")]


def test_rows_that_somebody_is_still_writing_are_not_removed(
    installed: Database, installed_conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month_snapshot, "_ATTEMPTS", 2)
    make_month(installed, _month(6))
    past_execution(installed, "done", _month(6) + timedelta(days=1))
    with psycopg.connect(installed_conninfo) as other:
        past_execution(Database.wrap(other), "uncommitted", _month(6) + timedelta(days=1))
        report = archive.cleanup(installed, tmp_path, days=60)
        assert (report.executions, report.unsettled[0]) == (0, f"{_month(6):%Y_%m}")
    assert archive.cleanup(installed, tmp_path, days=60).executions == 2
    assert _asked(tmp_path, "SELECT count(*) FROM executions") == [(2,)]


def test_a_file_that_does_not_hold_what_the_server_has_lets_nothing_be_removed(
    installed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _history(installed)
    before = _content(installed)
    monkeypatch.setattr("dbtrack.archive.columns.stored_columns", _lossy)
    with pytest.raises(DbtrackError, match="nothing was removed"):
        archive.cleanup(installed, tmp_path, days=60)
    assert _content(installed) == before
    assert list(tmp_path.iterdir()) == []


def _lossy() -> str:
    from dbtrack.archive.columns import COLUMNS, _stored

    return ", ".join(
        f"{'upper(script_name)' if field.name == 'script_name' else _stored(field)} AS {field.name}"
        for field in COLUMNS
    )


def test_a_full_disk_is_one_line_and_removes_nothing(
    installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    _history(installed)
    before = _content(installed)
    program = (
        "import resource, sys\nsys.dont_write_bytecode = True\nfrom dbtrack.cli.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\nsys.exit(main())"
    )
    words = ["cleanup", "--days", "60", "--archive", str(tmp_path), "-d", installed_conninfo]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("dbtrack: cannot write the archive: ")
    assert ended.stderr.endswith("; nothing was removed\n")
    assert _content(installed) == before
    assert list(tmp_path.iterdir()) == []


def test_a_cleanup_that_died_between_archiving_and_removing_is_made_good(
    installed: Database, tmp_path: Path
) -> None:
    _history(installed)
    cutoff = retention.retention_cutoff(installed, 60)
    taken = month_snapshot.archive_months(installed, tmp_path, cutoff, lambda _: None)
    files = sorted(path.name for path in tmp_path.iterdir())
    # The same rows again: the files are there, and are left alone.
    assert month_snapshot.archive_months(installed, tmp_path, cutoff, lambda _: None).written == []
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    # More rows in a month that has a file: a second one, and each row is shown once.
    past_execution(installed, "found later", _month(5) + timedelta(days=9))
    archive.cleanup(installed, tmp_path, days=60)
    assert len(archive.list_archive(tmp_path)) == len(taken.written) + 1
    assert _asked(tmp_path, "SELECT count(*), count(DISTINCT script_execution_hk) FROM executions") == [
        (6, 6)
    ]


def test_a_damaged_file_is_shown_and_not_restored(installed: Database, tmp_path: Path) -> None:
    _history(installed)
    archive.cleanup(installed, tmp_path, days=60)
    victim = tmp_path / archive.list_archive(tmp_path)[0].manifest.file
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    shown = run_dbtrack("archive", "list", str(tmp_path), "--format", "jsonl")
    assert shown.returncode == 3
    assert [json.loads(line)["verified"] for line in shown.stdout.splitlines()].count(False) == 1
    with pytest.raises(DbtrackError, match="was altered; nothing was restored"):
        archive.restore(installed, tmp_path)


def test_the_archive_of_another_database_is_not_mixed_up(installed: Database, tmp_path: Path) -> None:
    _history(installed)
    archive.cleanup(installed, tmp_path, days=60)
    for path in tmp_path.glob("*.json"):
        path.write_text(path.read_text().replace(installed.name, "another"))
    with pytest.raises(DbtrackError, match="the archive of the database another"):
        archive.cleanup(installed, tmp_path, days=50)


@pytest.fixture
def archived(installed: Database, tmp_path: Path) -> Path:
    _history(installed)
    archive.cleanup(installed, tmp_path, days=60)
    return tmp_path


def test_filters_find_executions(archived: Path) -> None:
    def found(*words: str) -> list[str]:
        shown = run_dbtrack("archive", "query", str(archived), *words, "--format", "jsonl")
        return [row["script_name"] for row in rows(shown)]

    assert found("--name", "across") == ["across"]
    assert found("--limit", "1") == ["late"]
    assert found("--since", f"{_NOW - timedelta(days=62):%Y-%m-%d}") == ["late"]
    assert found("--until", f"{_month(6) + timedelta(days=3):%Y-%m-%d}") == ["parent"]
    assert found("--since", "62d", "--status", "completed") == ["late"]
    assert found("--status", "failed") == []
    assert len(found("--tenant", "00ff")) == 1


@pytest.mark.every_server
def test_sql_gives_values_of_every_kind(archived: Path) -> None:
    statement = (
        "SELECT script_name, execution_timestamp, affected_objects, metadata, error_message, sql_command, 1.5 AS number,"
        " script_execution_hk AS key FROM executions WHERE client_ip = '2001:db8::1' -- which"
    )
    (row,) = rows(run_dbtrack("archive", "query", str(archived), statement, "--format", "jsonl"))
    assert row["script_name"] == 'a,"b"\n\\N\'é[x]'
    assert row["affected_objects"] == ['public."a,b"', 'x"y', "", "n\nl"]
    assert row["error_message"] == ""
    assert row["sql_command"] == 'SELECT "1",\r\n2; -- \\.\n\tü\x01'
    assert datetime.fromisoformat(row["execution_timestamp"]) == _month(5) + timedelta(days=4)
    assert len(row["key"]) == 64


@pytest.mark.parametrize(
    "statement",
    [
        "COPY executions TO '{}/stolen.csv'",
        "CREATE TABLE x (i int)",
        "ATTACH '{}/x.db'",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM nowhere",
        "SELEC",
    ],
)
def test_a_question_changes_nothing_and_reaches_no_other_file(archived: Path, statement: str) -> None:
    before = sorted(path.name for path in archived.iterdir())
    ended = run_dbtrack("archive", "query", str(archived), statement.format(archived))
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert sorted(path.name for path in archived.iterdir()) == before


def test_no_directory_and_no_archive_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no directory"):
        archive.list_archive(tmp_path / "none")
    with pytest.raises(UsageError, match="no archive"):
        _asked(tmp_path, "SELECT 1")
    with pytest.raises(UsageError, match="not a time"):
        archive.executions_query(archive.Filters(since="the day before"))


def test_without_duckdb_one_line_says_how_to_get_it(
    installed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past_execution(installed, "old", _NOW - timedelta(days=100))
    monkeypatch.setattr("dbtrack.archive.duckdb_engine.find_spec", lambda _: None)
    with pytest.raises(DbtrackError, match="needs DuckDB") as raised:
        archive.cleanup(installed, tmp_path, days=60)
    assert raised.value.hint == packages_hint("archive")
    assert _names(installed) == ["old"]


def test_archives_are_for_administrators(
    installed: Database, installed_conninfo: str, role: RoleFactory, tmp_path: Path
) -> None:
    _history(installed)
    for group, allowed in (("dbtrack_operator", False), ("dbtrack_admin", True)):
        with psycopg.connect(
            installed_conninfo, user=role("cron", member_of=(group,)), autocommit=True
        ) as connection:
            if allowed:
                assert archive.cleanup(Database.wrap(connection), tmp_path, days=60).executions == 5
                assert archive.restore(Database.wrap(connection), tmp_path).executions == 5
            else:
                with pytest.raises(DbtrackError, match="permission denied"):
                    archive.cleanup(Database.wrap(connection), tmp_path, days=60)


def test_the_command_line_from_cleanup_to_restore(
    installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    _history(installed)
    directory = str(tmp_path / "new")
    assert (
        done(run_dbtrack("cleanup", "--days", "60", "--archive", directory, "-d", installed_conninfo)) == ""
    )
    listed = rows(run_dbtrack("archive", "list", directory, "--format", "jsonl"))
    assert sum(row["executions"] for row in listed) == 5
    assert all(row["verified"] for row in listed)
    assert done(run_dbtrack("archive", "restore", directory, "-d", installed_conninfo)) == ""
    assert len(_names(installed)) == 8
    for words in (("--month", "2026-13"), ("--month", "1990-01")):
        assert run_dbtrack("archive", "restore", directory, *words, "-d", installed_conninfo).returncode == 2


@pytest.fixture
def kept_for_longer(installed: Database) -> Database:
    """The same months, of which two executions are kept for longer."""
    _history(installed)
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET script_type = 'AUDIT' WHERE script_name IN ('child', 'late')"
    )
    settings.set_setting(installed, "retention.type.AUDIT", "3650")
    return installed


def test_what_is_kept_for_longer_is_neither_archived_nor_removed(
    kept_for_longer: Database, tmp_path: Path
) -> None:
    names = "SELECT count(DISTINCT script_name) FROM versions WHERE script_name IN ('child', 'late')"
    report = archive.cleanup(kept_for_longer, tmp_path, days=60)
    assert (report.executions, report.months) == (3, [])
    assert _asked(tmp_path, names) == [(0,)]
    assert {"child", "late", "young"} <= set(_names(kept_for_longer))
    # The next night there is nothing to do.
    again = archive.cleanup(kept_for_longer, tmp_path, days=60)
    assert (again.executions, again.files) == (0, [])
    settings.reset_setting(kept_for_longer, "retention.type.AUDIT")
    last = archive.cleanup(kept_for_longer, tmp_path, days=60)
    assert last.executions == 2
    assert _asked(tmp_path, "SELECT count(*), count(DISTINCT script_execution_hk) FROM executions") == [
        (5, 5)
    ]


def test_a_rule_that_goes_while_it_is_archived_loses_nothing(
    kept_for_longer: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    def progress(_: str) -> None:
        with psycopg.connect(installed_conninfo, autocommit=True) as other:
            if other.execute("SELECT FROM script_tracking.retention_rules()").fetchall():
                other.execute("SELECT script_tracking.set_setting('retention.type.AUDIT', NULL)")

    report = archive.cleanup(kept_for_longer, tmp_path, days=60, progress=progress)
    assert report.executions == 5
    assert _asked(tmp_path, "SELECT count(*), count(DISTINCT script_execution_hk) FROM executions") == [
        (5, 5)
    ]


def test_a_rule_that_goes_in_a_transaction_from_before_the_archive_lets_nothing_be_removed(
    kept_for_longer: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    cutoff = datetime.now(UTC) - timedelta(days=60)
    with psycopg.connect(installed_conninfo) as other:
        # Its change is noted with a time before the archive, and is committed after it.
        other.execute("SELECT script_tracking.set_setting('retention.type.AUDIT', NULL)")
        taken = month_snapshot.archive_months(kept_for_longer, tmp_path, cutoff, lambda _: None)
        other.commit()
    with kept_for_longer.transaction():
        assert not taken.lock_if_unchanged(kept_for_longer)
