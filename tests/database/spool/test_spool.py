"""Wrapped commands whose record no database took in its time: kept on disk, recorded later, each once."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.operations import find_execution
from tests.support.command_line import clean_environment, done, rows, run_dbtrack
from tests.support.servers import Server
from tests.support.sessions import end_other_sessions
from tests.support.spooled import RECORDED, Place


@pytest.fixture
def place(server: Server, installed_conninfo: str, tmp_path: Path) -> Place:
    return Place(server, installed_conninfo, tmp_path / "state" / "spool")


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"never: {path}"
        time.sleep(0.02)


def start(place: Place, *command: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "dbtrack", "track", "job", "--", *command]
    return subprocess.Popen(words, env=clean_environment(place.environment), stderr=subprocess.PIPE)


def test_a_command_runs_without_its_database_and_is_recorded_once_later(
    place: Place, installed: Database
) -> None:
    result = place.spooled("sh", "-c", "sleep 0.2; echo oh no >&2; exit 7", options=("--ticket", "OPS-1"))
    assert result.returncode == 7
    first, second = result.stderr.splitlines()
    assert "job runs anyway, and its record waits in the spool" in first
    assert second == "oh no"
    history = rows(place.run("history", "--ticket", "OPS-1", "--format", "jsonl"))
    assert [row["execution_status"] for row in history] == ["FAILED"]
    assert history[0]["duration_ms"] > 200
    assert place.files() == []
    assert len(rows(place.run("history", "--format", "jsonl"))) == 1
    ((_, name, _, _, error, metadata),) = installed.rows(RECORDED)
    assert (name, error, metadata["exit_code"]) == ("job", "oh no", 7)
    assert "cannot connect" in metadata["spooled_because"]
    assert metadata["spool_id"]


def test_where_dbtrack_is_not_installed_the_record_waits_for_the_installation(
    server: Server, empty_conninfo: str, tmp_path: Path
) -> None:
    place = Place(server, empty_conninfo, tmp_path / "spool")
    required = place.run("track", "job", "--require", "--", "touch", str(tmp_path / "ran"))
    assert (required.returncode, (tmp_path / "ran").exists()) == (10, False)
    assert place.run("track", "job", "--", "touch", str(tmp_path / "ran")).returncode == 0
    assert (tmp_path / "ran").exists()
    assert place.run("install", "--quiet").returncode == 0
    assert [row["script_name"] for row in rows(place.run("history", "--type", "MIGRATION", "--format", "jsonl"))]\
        == ["job"]  # fmt: skip


def test_an_install_records_what_waited_for_it(server: Server, empty_conninfo: str, tmp_path: Path) -> None:
    place = Place(server, empty_conninfo, tmp_path / "spool")
    assert place.run("track", "job", "--", "true").returncode == 0
    installed = place.run("install")
    assert (installed.returncode, "could not be recorded" in installed.stderr) == (0, False)
    assert place.files() == []
    assert [row["script_name"] for row in rows(place.run("history", "--format", "jsonl"))] == ["job"]


def test_the_spool_is_private_and_holds_no_secret(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    dsn = "postgresql://bob:hunter2@127.0.0.1:1/shop?password=hunter2&application_name=x"
    result = run_dbtrack(
        *("track", "load postgresql://bob:hunter2@db/x", "--meta", "db_password=hunter2", "--reason"),
        *("password=hunter2", "--", "sh", "-c", "echo \"ALTER ROLE bob PASSWORD 'hunter2'\" >&2; exit 1"),
        *("--password", "hunter2"),
        environment={"DBTRACK_DSN": dsn, "DBTRACK_SPOOL": str(spool), "PGPASSWORD": "hunter2"},
    )
    assert result.returncode == 1
    (path,) = spool.iterdir()
    assert "hunter2" not in path.read_text()
    assert json.loads(path.read_text())["target"] == {
        "host": "127.0.0.1", "port": "1", "dbname": "shop", "user": "bob"
    }  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700
    assert "hunter2" not in done(run_dbtrack("spool", "list", environment={"DBTRACK_SPOOL": str(spool)}))


def test_another_database_or_role_leaves_the_record_alone(
    place: Place, empty_conninfo: str, role: Any
) -> None:
    place.spooled("true")
    place.run("doctor", "-d", empty_conninfo)
    place.run("history", "-U", role("other", member_of=["dbtrack_admin"]))
    assert len(place.files()) == 1


def test_an_end_that_the_database_did_not_take_is_completed_later_with_its_own_duration(
    place: Place, installed: Database, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = f"echo > {tmp_path}/ready; while [ ! -e {go} ]; do sleep 0.02; done; echo why >&2; exit 6"
    with start(place, "sh", "-c", script) as wrapper:
        wait_for(tmp_path / "ready")
        with place.unreachable():
            assert end_other_sessions(installed) == 1
            go.touch()
            assert wrapper.wait(timeout=30) == 6
    assert wrapper.stderr
    ((key, *_),) = installed.rows(RECORDED)
    (line,) = place.lines()
    assert line["execution"] == bytes(key).hex()
    installed.value("SELECT script_tracking.maintain()")
    assert find_execution(installed, bytes(key)).current.status == "ABANDONED"
    time.sleep(1.5)
    done(place.run("history"))
    found = find_execution(installed, bytes(key))
    assert [version.status for version in found.versions] == ["RUNNING", "ABANDONED", "FAILED"]
    assert found.current.error_message == "why"
    assert abs((found.current.duration_ms or 0) - line["duration_us"] / 1000) <= 1
    assert place.files() == []


def test_a_killed_wrapper_is_abandoned_but_not_while_it_lives(
    place: Place, installed: Database, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    with place.unreachable():
        wrapper = start(place, "sh", "-c", f"touch {ready}; exec sleep 20 2>&-")
        wait_for(ready)
    assert place.run("spool", "flush").stderr == "dbtrack: 0 recorded\n"
    assert installed.rows(RECORDED) == []
    (listed,) = rows(place.run("spool", "list", "--format", "jsonl"))
    assert listed["spool_state"] == "RUNNING"
    assert place.run("spool", "drop", "--all", "--yes").returncode == 1
    os.kill(wrapper.pid, signal.SIGKILL)
    wrapper.communicate(timeout=20)
    done(place.run("history"))
    ((_, _, status, duration_ms, error, _),) = installed.rows(RECORDED)
    assert (status, duration_ms) == ("ABANDONED", None)
    assert "killed" in error


def test_a_crash_between_recording_and_removing_records_nothing_twice(
    place: Place, installed: Database
) -> None:
    place.spooled("true")
    (path,) = place.files()
    kept = path.read_bytes()
    done(place.run("history"))
    assert not path.exists()
    path.write_bytes(kept)
    path.chmod(0o600)
    flushed = place.run("spool", "flush")
    assert (flushed.returncode, flushed.stderr) == (0, "dbtrack: 0 recorded, 1 already recorded\n")
    assert place.files() == []
    assert len(installed.rows(RECORDED)) == 1


def test_flushes_at_once_record_each_once(place: Place, installed: Database) -> None:
    place.spooled("true")
    (path,) = place.files()
    for number in range(30):
        line = json.loads(path.read_text())
        line["spool_id"] = f"{line['spool_id'][:-2]}{number:02x}"
        copy = path.with_name(f"{path.name[:16]}-{line['spool_id']}.jsonl")
        copy.write_text(json.dumps(line) + "\n")
        copy.chmod(0o600)
    expected = len(place.files())
    words = [sys.executable, "-m", "dbtrack", "spool", "flush"]
    flushes = [
        subprocess.Popen(words, env=clean_environment(place.environment), stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [flush.communicate(timeout=60)[1] for flush in flushes]
    assert [flush.returncode for flush in flushes] == [0] * 4, said
    assert sum(int(line.split()[1]) for line in said) == expected
    assert len(installed.rows(RECORDED)) == expected
    assert place.files() == []


def test_a_replay_waits_for_another_of_the_same_record(place: Place, installed: Database) -> None:
    place.spooled("true")
    (path,) = place.files()
    spool_id = json.loads(path.read_text())["spool_id"]
    operation = json.dumps({"script_name": "job"})
    record = "SELECT script_tracking.record_spooled(%(id)s::uuid, %(operation)s::jsonb)"
    with psycopg.connect(place.conninfo) as other, other.transaction():
        assert other.execute(record, {"id": spool_id, "operation": operation}).fetchone() == (True,)
        waiting = place.run("history")
        assert waiting.returncode == 0
        assert "lock timeout" in waiting.stderr
        assert len(place.files()) == 1
    done(place.run("history"))
    assert place.files() == []
    assert len(installed.rows(RECORDED)) == 1


def test_a_wrapped_command_records_what_waited_once_its_own_end_is_recorded(
    place: Place, installed: Database
) -> None:
    place.spooled("false")
    assert place.run("track", "next", "--", "true").returncode == 0
    assert [(row[1], row[2]) for row in installed.rows(RECORDED)] == [
        ("job", "FAILED"),
        ("next", "COMPLETED"),
    ]


def test_an_upgrade_leaves_one_complete_operation(installed: Database, place: Place) -> None:
    installed.run_script("""
        DROP TABLE script_tracking.spool_receipt;
        DELETE FROM script_tracking.schema_migration WHERE migration_name LIKE '0002%';
        DROP FUNCTION script_tracking.complete_operation;
        CREATE FUNCTION script_tracking.complete_operation(bytea, boolean DEFAULT true, text DEFAULT NULL,
            jsonb DEFAULT NULL, varchar DEFAULT NULL, text[] DEFAULT NULL)
        RETURNS boolean LANGUAGE sql AS 'SELECT true';
        ALTER FUNCTION script_tracking.complete_operation OWNER TO dbtrack_owner;
        """)
    assert place.run("install", "--quiet").returncode == 0
    assert installed.value("SELECT count(*) FROM pg_proc WHERE proname = 'complete_operation'") == 1


def test_a_record_of_the_spool_is_linked_to_the_operation_it_ran_inside_of(
    place: Place, installed: Database
) -> None:
    parent = done(place.run("track", "deploy")).strip()
    for key in (parent, "ab" * 32, "no key"):
        with place.unreachable():
            words = ("track", "step", "--", "true")
            run_dbtrack(*words, environment={**place.environment, "DBTRACK_EXECUTION": key})
    assert {line["parent"] for line in place.lines()} == {parent, "ab" * 32, None}
    assert place.run("spool", "flush").returncode == 0
    assert place.files() == []
    [child] = find_execution(installed, bytes.fromhex(parent)).children
    assert child.script_name == "step"
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_parent_l") == 1


def test_a_line_of_the_version_before_parents_is_read(place: Place, installed: Database) -> None:
    place.spooled("true")
    [path] = place.files()
    line = json.loads(path.read_text())
    del line["parent"]
    path.write_text(json.dumps(line) + "\n")
    place.run("spool", "flush")
    assert place.files() == []
    assert len(installed.rows(RECORDED)) == 1
