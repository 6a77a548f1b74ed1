"""``dbtrack alert``: what an administrator types, sees, and gets as exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from dbtrack.db import Database
from tests.support.alerting import ended, pass_time, told
from tests.support.command_line import done, rows, run_dbtrack

pytestmark = pytest.mark.any_server

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def alert(installed_conninfo: str) -> Run:
    """Run ``dbtrack alert`` in the database."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return run_dbtrack("alert", *words, "-d", installed_conninfo)

    return run


def data(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_from_added_to_resolved(alert: Run, installed: Database) -> None:
    done(
        alert(
            "add",
            "nightly",
            "--report",
            "errors",
            "--when",
            "script_name like 'night%'",
            "--severity",
            "critical",
        )
    )
    assert rows(alert("check", "--format", "jsonl")) == []
    tried = alert("test", "nightly")
    assert (tried.returncode, tried.stdout, tried.stderr) == (0, "", "dbtrack: nightly would not fire\n")
    key = ended(installed, "nightly", failed=True)
    tried = alert("test", "nightly", "--format", "jsonl")
    assert (tried.returncode, tried.stderr) == (3, "dbtrack: nightly would fire\n")
    assert [(row["matches"], row["last"]["execution_key"]) for row in data(tried)] == [(1, key.hex())]
    assert told(installed) == []
    checked = alert("check", "-v", "--format", "jsonl")
    assert (checked.returncode, checked.stderr) == (3, "dbtrack: nightly: fired, 1\n")
    (row,) = data(checked)
    assert (row["alert_name"], row["state"], row["severity"], row["match_count"]) == (
        "nightly",
        "FIRING",
        "critical",
        1,
    )
    assert row["since"] == row["last_fired"] < row["last_evaluated"]
    assert alert("check").returncode == 3
    assert [row["state"] for row in rows(alert("list", "--format", "jsonl"))] == ["FIRING"]
    pass_time(installed, hours=2)
    assert alert("check").returncode == 3
    pass_time(installed, minutes=6)
    assert alert("check").returncode == 0
    assert [kind for kind, *_rest in told(installed)] == ["alert.fired", "alert.resolved"]
    shown = json.loads(done(alert("show", "nightly", "--format", "json")))
    assert (
        shown["alert"]["rows"][0]["condition"] == "script_name like 'night%'" if "alert" in shown else shown
    )
    done(alert("remove", "nightly"))
    assert rows(alert("list", "--format", "jsonl")) == []


def test_silence(alert: Run, installed: Database) -> None:
    done(alert("add", "--ready", "migration-failed"))
    done(alert("silence", "--all", "--for", "2h", "--reason", "release 4.2"))
    ended(installed, "v1", "MIGRATION", failed=True)
    assert alert("check").returncode == 0
    (row,) = rows(alert("list", "--format", "jsonl"))
    assert (row["state"], row["details"]) == ("SILENCED", "release 4.2")
    assert row["silenced_until"] > row["since"]
    done(alert("unsilence", "migration-failed"))
    assert alert("check").returncode == 3
    assert told(installed) == [("alert.fired", "", 1)]


def test_ready_alerts(alert: Run) -> None:
    done(alert("add", "--ready", "success-rate", "--severity", "critical"))
    done(alert("add", "--ready", "all"))
    done(alert("add", "--ready", "all"))
    kept = {row["alert_name"]: row["severity"] for row in rows(alert("list", "--format", "jsonl"))}
    assert kept["success-rate"] == "critical"
    names = [row["alert_name"] for row in rows(run_dbtrack("alert", "list", "--ready", "--format", "jsonl"))]
    assert [row["alert_name"] for row in rows(alert("list", "--format", "jsonl"))] == sorted(names)
    done(
        alert(
            "add",
            "quiet-one",
            "--ready",
            "success-rate",
            "--severity",
            "info",
            "--remind",
            "never",
            "--for",
            "10m",
        )
    )
    shown = json.loads(done(alert("show", "quiet-one", "--format", "json")))
    assert "quiet-one" in str(shown)


def test_a_mistake_has_a_caret(alert: Run) -> None:
    found = alert("add", "x", "--report", "dashboard", "--when", "metric_name = 'a' and metric_valu < 95")
    assert found.returncode == 2
    first, caret, message = found.stderr.splitlines()
    assert caret.index("^") == first.index("metric_valu")
    assert message == (
        "dbtrack: dashboard has no column 'metric_valu'; its columns: metric_name, metric_value, metric_unit, "
        "status, last_updated"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("add",),
            "an alert needs a name and --when, or --ready; list the ready ones with: dbtrack alert list --ready",
        ),
        (
            ("add", "x"),
            "an alert needs a name and --when, or --ready; list the ready ones with: dbtrack alert list --ready",
        ),
        (
            ("add", "--ready", "nothing"),
            "there is no ready alert 'nothing'; list them with: dbtrack alert list --ready",
        ),
        (("add", "x", "--ready", "all"), "--ready all takes no name: each alert has its own"),
        (
            ("add", "x", "--when", "ticket = 'a'", "--for", "soon"),
            "--for: 'soon' is not a duration; write 90s, 10m, 4h or 1d",
        ),
        (
            ("add", "x", "--when", "ticket = 'a'", "--remind", "0s"),
            "a reminder cannot come at once; leave out --remind, or give --remind 4h",
        ),
        (("add", "x", "--when", "ticket = 'a'", "--severity", "high"), None),
        (("silence", "--for", "2h"), "name one alert, or give --all"),
        (("silence", "x", "--all", "--for", "2h"), "name one alert, or give --all"),
        (("silence", "x", "--for", "2h"), 'there is no alert "x"; list them with: dbtrack alert list'),
        (("unsilence", "x"), 'there is no alert "x"; list them with: dbtrack alert list'),
        (("remove", "x"), 'there is no alert "x"; list them with: dbtrack alert list'),
        (("show", "x"), "there is no alert 'x'; list them with: dbtrack alert list"),
        (("test", "x"), "there is no alert 'x'; list them with: dbtrack alert list"),
    ],
)
def test_what_is_refused(alert: Run, words: tuple[str, ...], message: str | None) -> None:
    found = alert(*words)
    assert found.returncode == 2
    assert len(found.stderr.splitlines()) == 1
    assert message is None or found.stderr.startswith(f"dbtrack: {message}")


def test_what_cannot_be_evaluated_is_said(alert: Run, installed: Database) -> None:
    done(alert("add", "broken", "--when", "ticket = 'a'"))
    installed.execute("UPDATE script_tracking.alert SET condition = 'gone = 1'")
    found = alert("check")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith(
        "dbtrack: warning: broken cannot be evaluated: executions has no column 'gone'"
    )
    assert [row["state"] for row in rows(alert("list", "--format", "jsonl"))] == ["FAILED"]


def test_without_an_installation(empty_conninfo: str) -> None:
    assert run_dbtrack("alert", "check", "-d", empty_conninfo).returncode == 10
