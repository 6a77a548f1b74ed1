"""Reports, and what monitoring asks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import psycopg
import pytest

from tests.support.command_line import Dbtrack, done, rows, run_dbtrack

pytestmark = pytest.mark.any_server


def test_history_filters(dbtrack: Dbtrack) -> None:
    done(dbtrack("tenant", "add", "acme", "--title", "Acme Ltd"))
    done(dbtrack("track", "theirs", "--tenant", "acme"))
    done(dbtrack("track", "ours", "--type", "BACKUP"))

    def names(*words: str) -> list[object]:
        return [row["script_name"] for row in rows(dbtrack("history", "--format", "jsonl", *words))]

    assert names() == ["ours", "theirs", "dbtrack tenant add"]
    assert names("--tenant", "acme") == ["theirs"]
    assert names("--type", "BACKUP") == ["ours"]
    assert names("--status", "failed") == []
    assert names("--limit", "1") == ["ours"]
    assert names("--since", "1h", "--status", "running") == ["ours", "theirs"]
    assert names("--until", "yesterday") == []


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/Los_Angeles"])
def test_a_time_of_a_table_can_be_typed_in_again(zone: str, installed_conninfo: str, tmp_path: Path) -> None:
    """The table is drawn in the zone in which words are read; the server has another one."""
    configuration = tmp_path / "config.toml"
    configuration.write_text('time_zone = "Pacific/Chatham"')
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.track_operation('job')")
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET timezone = 'Asia/Tokyo'".encode())

    def history(*words: str, **environment: str) -> str:
        known = {"DBTRACK_DSN": installed_conninfo, "TZ": zone, **environment}
        return done(run_dbtrack("history", "--format", "table", *words, environment=known, fresh=True))

    def offset(text: str) -> str:
        found = re.search(r"RUNNING +\S+ \d\d:\d\d:\d\d(\S+)", text)
        assert found
        return found[1]

    shown = history()
    started = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)([+-]\S+)", shown)
    assert started
    assert offset(shown) == {"Asia/Kolkata": "+05:30"}.get(zone, started[2])
    assert "job" in history("--since", started[1])
    assert "job" in history("--since", started[1][11:])
    assert "job" not in history("--until", started[1])
    assert offset(history("--utc")) == "+00"
    assert offset(history(DBTRACK_CONFIG=str(configuration))) in {"+12:45", "+13:45"}


@pytest.mark.parametrize("report", ["dashboard", "history", "errors", "performance", "health"])
def test_every_report_is_a_command(report: str, dbtrack: Dbtrack) -> None:
    assert json.loads(done(dbtrack(report, "--format", "json")))["report"] == report


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "markdown", "plain"])
def test_every_form_is_free_of_colour_off_a_terminal(form: str, dbtrack: Dbtrack) -> None:
    text = done(dbtrack("dashboard", "--format", form))
    assert "total_operations_24h" in text
    assert "\x1b" not in text


def test_output_goes_to_a_file(dbtrack: Dbtrack, tmp_path: Path) -> None:
    path = tmp_path / "dashboard.json"
    assert done(dbtrack("dashboard", "--format", "json", "-o", str(path))) == ""
    assert json.loads(path.read_text())["report"] == "dashboard"


def test_health_as_a_check(dbtrack: Dbtrack, installed_conninfo: str) -> None:
    well = dbtrack("health", "--format", "nagios")
    assert (well.returncode, well.stderr) == (0, "")
    assert re.fullmatch(r"DBTRACK OK - \d+ checks passed \| .*\n", well.stdout)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("ALTER EVENT TRIGGER et_sql_drop DISABLE")
    assert dbtrack("health", "--format", "nagios").returncode == 2
    away = run_dbtrack("health", "--format", "nagios")
    assert (away.returncode, away.stdout[:18]) == (3, "DBTRACK UNKNOWN - ")
