"""`dbtrack endpoint` manages the endpoints of every kind."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.events import EventCursor
from tests.support.command_line import run_dbtrack
from tests.support.servers.sandbox import RoleFactory

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(installed_conninfo: str, tmp_path: Path) -> Run:
    environment = {"DBTRACK_DSN": installed_conninfo, "DBTRACK_STATE": str(tmp_path)}
    return lambda *words: run_dbtrack("endpoint", *words, environment=environment)


def create(database: Database, name: str, kind: str) -> None:
    database.call("create_endpoint", p_name=name, p_kind=kind)


def record(database: Database, name: str) -> None:
    database.value("SELECT script_tracking.track_operation(%(name)s)", {"name": name})


def received(database: Database, endpoint: str) -> list[str]:
    """Deliver what an endpoint gets now, and return the subjects."""
    cursor = EventCursor(database, endpoint)
    events = cursor.claim()
    if events:
        cursor.acknowledge(events[-1])
    cursor.release()
    return [event.subject for event in events]


def test_list_shows_every_kind_with_its_lag(installed: Database, run: Run) -> None:
    create(installed, "ops", "webhook")
    create(installed, "kafka-t", "stream")
    create(installed, "siem", "export")
    record(installed, "nightly")
    assert run("pause", "siem", "--reason", "moving").returncode == 0
    rows = json.loads(run("list", "--format", "json").stdout)["rows"]
    shown = ("endpoint_name", "endpoint_kind", "endpoint_state", "held_because", "events_behind")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("kafka-t", "stream", "idle", None, 1),
        ("ops", "webhook", "idle", None, 1),
        ("siem", "export", "paused", "moving", 1),
    ]


def test_resume_sends_what_was_held_back_and_since_sends_again(installed: Database, run: Run) -> None:
    create(installed, "kafka-t", "stream")
    run("pause", "kafka-t")
    record(installed, "nightly")
    assert run("resume", "kafka-t").returncode == 0
    assert received(installed, "kafka-t") == ["nightly"]
    assert received(installed, "kafka-t") == []
    assert run("resume", "kafka-t", "--since", "1h").returncode == 0
    assert received(installed, "kafka-t") == ["nightly"]


def test_remove_takes_a_stream_and_all_of_a_webhook(installed: Database, run: Run) -> None:
    create(installed, "kafka-t", "stream")
    create(installed, "ops", "webhook")
    installed.execute(
        "INSERT INTO script_tracking.webhook_delivery (endpoint_name, attempt_count) VALUES ('ops', 1)"
    )
    for name in ("kafka-t", "ops"):
        done = run("remove", name)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert installed.value("SELECT count(*) FROM script_tracking.event_endpoint") == 0
    assert installed.value("SELECT count(*) FROM script_tracking.webhook_delivery") == 0


def test_a_webhook_that_is_resumed_does_not_wait_for_its_next_attempt(installed: Database, run: Run) -> None:
    create(installed, "ops", "webhook")
    installed.execute(
        "INSERT INTO script_tracking.webhook_delivery (endpoint_name, event_id, attempt_count, next_attempt_at)"
        " VALUES ('ops', 'x', 3, 'infinity')"
    )
    assert run("resume", "ops").returncode == 0
    assert installed.row("SELECT attempt_count, next_attempt_at FROM script_tracking.webhook_delivery") == (
        0,
        None,
    )


@pytest.mark.parametrize("command", ["pause", "resume", "remove"])
def test_an_endpoint_that_is_not_there(installed: Database, run: Run, command: str) -> None:
    done = run(command, "gone")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'there is no endpoint "gone"' in done.stderr
    assert "dbtrack endpoint list" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [("list",), ("pause", "ops"), ("resume", "ops"), ("remove", "ops")])
def test_others_than_administrators_are_refused(
    installed: Database, installed_conninfo: str, role: RoleFactory, words: tuple[str, ...]
) -> None:
    create(installed, "ops", "stream")
    reader = role("reader", login=True, member_of=("dbtrack_reader",))
    dsn = make_conninfo(installed_conninfo, user=reader)
    done = run_dbtrack("endpoint", *words, "-d", dsn)
    assert done.returncode == 1
    assert "GRANT dbtrack_admin" in done.stderr
    assert "ops" not in done.stdout
    assert installed.value("SELECT endpoint_state FROM script_tracking.get_endpoints()") == "idle"
