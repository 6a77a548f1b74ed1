"""A spool that is damaged, refused, full, or open to others: the command runs, and somebody is told."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dbtrack.db import Database
from dbtrack.operations import find_execution
from tests.support.command_line import clean_environment, done, rows, run_dbtrack
from tests.support.servers import Server
from tests.support.spooled import RECORDED, Place

pytestmark = pytest.mark.any_server


@pytest.fixture
def place(server: Server, installed_conninfo: str, tmp_path: Path) -> Place:
    return Place(server, installed_conninfo, tmp_path / "state" / "spool")


@pytest.mark.parametrize("damage", ["torn", "not JSON", "a field missing", "open to others"])
def test_a_damaged_record_is_kept_aside_and_breaks_nothing(
    damage: str, place: Place, installed: Database
) -> None:
    place.spooled("true")
    place.spooled("true")
    whole, hurt = place.files()
    text = hurt.read_text()
    if damage == "open to others":
        hurt.chmod(0o644)
    else:
        missing = json.loads(text)
        del missing["status"]
        hurt.write_text(
            {"torn": text[:-20], "not JSON": "\0\n", "a field missing": json.dumps(missing) + "\n"}[damage]
        )
    history = place.run("history", "--format", "jsonl")
    assert history.returncode == 0
    assert len(history.stdout.splitlines()) == 1
    (warning,) = history.stderr.splitlines()
    assert f"{hurt.name} in the spool is damaged" in warning
    assert not whole.exists()
    (aside,) = place.files(".damaged")
    assert aside.stem == hurt.stem
    assert done(place.run("history")) != ""
    (listed,) = rows(place.run("spool", "list", "--format", "jsonl"))
    assert (listed["spool_state"], bool(listed["reason"])) == ("DAMAGED", True)
    assert place.run("spool", "drop", listed["spool_id"][:8]).returncode == 0
    assert list(place.spool.iterdir()) == []


def test_a_refused_record_is_kept_aside_and_taken_up_by_flush(place: Place, installed: Database) -> None:
    place.spooled("true", options=("--tenant", "acme"))
    refused = place.run("history")
    assert refused.returncode == 0
    assert "acme" in refused.stderr
    assert done(place.run("history", "--format", "jsonl")) == ""
    assert place.run("spool", "flush").returncode == 1
    (listed,) = rows(place.run("spool", "list", "--format", "jsonl"))
    assert (listed["spool_state"], "acme" in listed["reason"]) == ("REFUSED", True)
    installed.value("SELECT script_tracking.add_tenant('acme', 'Acme Ltd')")
    assert place.run("spool", "flush").returncode == 0
    ((key, *_),) = installed.rows(RECORDED)
    assert find_execution(installed, bytes(key)).tenant == "acme"


def test_where_nothing_can_be_written_the_command_runs_and_the_loss_is_said(tmp_path: Path) -> None:
    result = run_dbtrack("track", "job", "--", "sh", "-c", "exit 5")
    assert result.returncode == 5
    (line,) = result.stderr.splitlines()
    assert "its record is lost: cannot write to the spool /dev/null/spool: Not a directory" in line


def test_a_full_disk_loses_the_record_and_nothing_else(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    full = subprocess.run(
        [sys.executable, "-m", "dbtrack", "track", "job", "--", "sh", "-c", "exit 5"],
        env=clean_environment({"DBTRACK_SPOOL": str(spool), "PYTHONDONTWRITEBYTECODE": "1"}),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert full.returncode == 5
    (line,) = full.stderr.splitlines()
    assert "its record is lost: cannot write to the spool" in line
    assert list(spool.iterdir()) == []


def test_a_directory_that_others_can_write_to_is_not_used(place: Place, installed: Database) -> None:
    place.spooled("true")
    place.spool.chmod(0o777)
    lost = place.spooled("true")
    assert lost.returncode == 0
    assert f"lost: others may write to the spool {place.spool}" in lost.stderr
    history = place.run("history")
    assert history.returncode == 0
    assert "chmod" not in history.stdout
    assert "others may write" in history.stderr
    assert installed.rows(RECORDED) == []
    place.spool.chmod(0o700)
    done(place.run("history"))
    assert len(installed.rows(RECORDED)) == 1


def test_wrong_settings_of_the_connection_do_not_stop_the_command(place: Place, installed: Database) -> None:
    url = "postgresql://a:hunter2@db1/shop?sllmode=require"
    words = ("track", "job", "--", "sh", "-c", "exit 5")
    environment = {"DATABASE_URL": url, "DBTRACK_SPOOL": str(place.spool), "PGHOST": ""}
    result = run_dbtrack(*words, environment=environment)
    assert result.returncode == 5
    assert "malformed connection string (DATABASE_URL): unknown parameter sllmode" in result.stderr
    assert "hunter2" not in result.stderr
    (listed,) = rows(place.run("spool", "list", "--format", "jsonl"))
    assert listed["target"] == "unusable=DATABASE_URL"
    assert "unknown parameter sllmode" in listed["reason"]
    assert f"dbtrack spool flush {listed['spool_id'][:8]} --to DATABASE" in result.stderr
    assert place.run("spool", "flush", listed["spool_id"][:8], "--to", place.conninfo).returncode == 0
    ((_, _, status, _, _, metadata),) = installed.rows(RECORDED)
    assert (status, metadata["spooled_for"]) == ("FAILED", "unusable=DATABASE_URL")
    required = run_dbtrack("track", "job", "--require", "--", "touch", "/nowhere/x", environment=environment)
    assert required.returncode == 125


def test_an_unknown_environment_does_not_stop_the_command_either(place: Place, tmp_path: Path) -> None:
    environment = {"DBTRACK_SPOOL": str(place.spool), "XDG_CONFIG_HOME": str(tmp_path)}
    words = ("track", "job", "--env", "nosuch", "--", "sh", "-c", "exit 5")
    result = run_dbtrack(*words, environment=environment)
    assert (result.returncode, len(place.files())) == (5, 1)
    assert "no environment nosuch" in result.stderr
    contradiction = run_dbtrack("track", "job", "-w", "-W", "--", "false", environment=environment)
    assert contradiction.returncode == 2


def test_a_record_for_a_server_that_has_moved_is_recorded_where_it_is_now(
    place: Place, installed: Database
) -> None:
    old = "postgresql://app@127.0.0.1:1/shop"
    environment = {"DBTRACK_DSN": old, "DBTRACK_SPOOL": str(place.spool)}
    assert run_dbtrack("track", "job", "--", "true", environment=environment).returncode == 0
    done = run_dbtrack("spool", "flush", "--to", place.conninfo, environment=environment)
    assert (done.returncode, done.stderr) == (0, "dbtrack: 1 recorded\n")
    ((_, _, status, _, _, metadata),) = installed.rows(RECORDED)
    assert status == "COMPLETED"
    assert metadata["spooled_for"] == "host=127.0.0.1 port=1 dbname=shop user=app"
    assert place.files() == []


def test_dropping_all_asks_and_leaves_other_databases_alone(place: Place) -> None:
    place.spooled("true")
    other = {"DBTRACK_DSN": "postgresql://app@127.0.0.1:1/shop", "DBTRACK_SPOOL": str(place.spool)}
    assert run_dbtrack("track", "other", "--", "true", environment=other).returncode == 0
    refused = place.run("spool", "drop", "--all")
    assert (refused.returncode, len(place.files())) == (2, 2)
    assert "job (COMPLETED) for host=" in refused.stderr
    assert "other" not in refused.stderr
    assert place.run("spool", "drop", "--all", "--yes").stderr == "dbtrack: 1 dropped\n"
    (listed,) = rows(place.run("spool", "list", "--format", "jsonl"))
    assert listed["script_name"] == "other"
    assert "cannot connect" in listed["reason"]
    assert place.run("spool", "drop", "--every-database", "--all", "--yes").returncode == 0
    assert place.files() == []
