"""`dbtrack errors --follow`: each error once, also one that is committed late, through lost connections."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.reports.follow import ErrorFollower
from tests.support.command_line import clean_environment, run_dbtrack

pytestmark = pytest.mark.any_server

FAIL = "SELECT script_tracking.complete_operation(script_tracking.track_operation(%(name)s), false, 'no')"


def fail(database: Database, *names: str) -> None:
    for name in names:
        database.value(FAIL, {"name": name})


def names(follower: ErrorFollower, database: Database) -> list[str]:
    return [row[1] for row in follower.new(database)]


def test_each_error_is_shown_once_in_the_order_of_recording(installed: Database) -> None:
    fail(installed, *(f"old {number}" for number in range(12)))
    follower = ErrorFollower({})
    assert names(follower, installed) == [f"old {number}" for number in range(2, 12)]
    assert names(follower, installed) == []
    fail(installed, "one", "two")
    installed.value("SELECT script_tracking.track_operation('still runs')")
    assert names(follower, installed) == ["one", "two"]
    assert names(follower, installed) == []
    assert len(names(ErrorFollower({"since": "1h"}), installed)) == 14
    assert names(ErrorFollower({"since": "1h", "limit": 1}), installed) == ["two"]
    assert names(ErrorFollower({"status": "CANCELLED"}), installed) == []


def test_what_a_long_transaction_commits_is_not_missed(
    installed: Database, installed_conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbtrack.reports.follow._SLACK", timedelta())
    monkeypatch.setattr("dbtrack.reports.follow._SHORTEST_STEP", timedelta())
    follower = ErrorFollower({})
    follower.new(installed)
    with psycopg.connect(installed_conninfo) as late:
        fail(Database.wrap(late), "late")
        for number in range(4):
            fail(installed, f"early {number}")
            assert names(follower, installed) == [f"early {number}"]
        late.commit()
    assert names(follower, installed) == ["late"]
    for _ in range(2):
        assert names(follower, installed) == []
    # Nothing that is long past is read, or remembered, for ever.
    assert len(follower._shown) < 5


@contextmanager
def following(conninfo: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "dbtrack", "errors", "--follow", "-d", conninfo, *words]
    environment = clean_environment({"PGAPPNAME": "follower"})
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_command_continues_after_a_lost_connection_until_it_is_interrupted(
    installed: Database, installed_conninfo: str
) -> None:
    fail(installed, "before")
    with following(installed_conninfo, "--format", "jsonl") as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["script_name"] == "before"
        installed.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'follower'"
            " AND datname = current_database()"
        )
        fail(installed, "after")
        row = json.loads(process.stdout.readline())
        assert (row["script_name"], row["error_message"]) == ("after", "no")
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    [line] = err.splitlines()
    assert line.endswith("trying again")


def test_off_a_terminal_it_writes_lines(installed: Database, installed_conninfo: str) -> None:
    fail(installed, "before\nthe break")
    with following(installed_conninfo) as process:
        assert process.stdout
        assert "before\\nthe break  MANUAL  FAILED" in process.stdout.readline()


@pytest.mark.parametrize(
    "words", [["--until", "1h"], ["--watch", "2"], ["--format", "json"], ["-o", "errors.txt"]]
)
def test_what_does_not_go_with_following_is_refused(words: list[str]) -> None:
    done = run_dbtrack("errors", "--follow", *words, environment={"DBTRACK_DSN": "host=127.0.0.1 port=1"})
    assert done.returncode == 2
    assert "--follow" in done.stderr


def test_a_wrong_argument_is_said_at_once(installed: Database) -> None:
    with pytest.raises(UsageError, match="not a time"):
        ErrorFollower({"since": "soon"}).new(installed)


def test_errors_are_grouped_unless_each_is_asked_for(installed: Database, installed_conninfo: str) -> None:
    fail(installed, "one", "two")
    answers = [run_dbtrack("errors", *words, "--format", "jsonl", "-d", installed_conninfo)
               for words in ((), ("--each",))]  # fmt: skip
    causes, errors = ([json.loads(line) for line in done.stdout.splitlines()] for done in answers)
    assert [(cause["message"], cause["occurrences"]) for cause in causes] == [("no", 2)]
    assert [error["script_name"] for error in errors] == ["two", "one"]
