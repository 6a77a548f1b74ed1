"""A spool that is damaged, refused, full, or open to others: the command runs, and somebody is told."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dbtrack.db import Database
from dbtrack.tracking import find_execution
from tests.command_line import clean_environment, done, rows, run_dbtrack
from tests.database.spooled import RECORDED, Place
from tests.servers import Server


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
        env=clean_environment({"DBTRACK_SPOOL": str(spool)}),
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
