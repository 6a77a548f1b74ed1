"""Installing, keeping and removing."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from tests.support.command_line import Dbtrack, done, rows, run_dbtrack


def test_install_says_what_it_did_on_standard_error_and_repeats(dbtrack_empty: Dbtrack) -> None:
    first, second, third = dbtrack_empty("install"), dbtrack_empty("install"), dbtrack_empty("install", "-q")
    assert [each.returncode for each in (first, second, third)] == [0, 0, 0]
    assert first.stdout == second.stdout == ""
    assert first.stderr.startswith("installed dbtrack ")
    assert "is up to date" in second.stderr
    assert third.stderr == ""


def test_the_printed_script_installs_what_install_does(dbtrack_empty: Dbtrack, empty_conninfo: str) -> None:
    script = done(run_dbtrack("install", "--sql"))
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute(script.encode())
    assert dbtrack_empty("dashboard").returncode == 0
    assert dbtrack_empty("doctor").returncode == 0


@pytest.mark.parametrize(
    "words", ["dashboard", "history", "track load", "complete " + "a" * 64, "doctor", "cleanup"]
)
def test_a_database_without_dbtrack_is_exit_code_10(words: str, dbtrack_empty: Dbtrack) -> None:
    result = dbtrack_empty(*words.split())
    assert (result.returncode, result.stdout) == (10, "")
    assert "; run: dbtrack install -d " in result.stderr


def test_doctor_finds_what_is_wrong_and_how_to_fix_it(dbtrack: Dbtrack, installed_conninfo: str) -> None:
    well = dbtrack("doctor")
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "dbtrack: nothing is wrong\n")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("ALTER EVENT TRIGGER et_sql_drop DISABLE")
        found = dbtrack("doctor")
        assert found.returncode == 3
        assert "et_sql_drop" in found.stdout
        (remedy,) = re.findall(r"^    (ALTER EVENT TRIGGER .*)$", found.stdout, re.MULTILINE)
        connection.execute(remedy)
    assert dbtrack("doctor", "--format", "jsonl").returncode == 0


def test_cleanup_is_silent_unless_asked(dbtrack: Dbtrack) -> None:
    assert done(dbtrack("cleanup", "--days", "30")) == ""
    assert done(dbtrack("cleanup")) == ""
    would = dbtrack("cleanup", "--days", "30", "--dry-run")
    assert (would.returncode, would.stdout) == (0, "")
    assert would.stderr.startswith("would remove 0 executions")
    assert dbtrack("cleanup", "--days", "30", "-v").stderr.startswith("removed 0 executions")


def test_cleanup_keeps_what_the_setting_says(dbtrack: Dbtrack) -> None:
    done(dbtrack("settings", "retention.days", "77"))
    assert "more than 77 days" in dbtrack("cleanup", "--dry-run").stderr


def test_maintain_is_silent_unless_asked(dbtrack: Dbtrack) -> None:
    assert done(dbtrack("maintain")) == ""
    assert "partitions: " in dbtrack("maintain", "-v").stderr


def test_settings_are_shown_changed_and_reset(dbtrack: Dbtrack) -> None:
    def value() -> object:
        (row,) = rows(dbtrack("settings", "capture.on_error", "--format", "jsonl"))
        return row["setting_value"]

    assert value() == "warn"
    done(dbtrack("settings", "capture.on_error", "block"))
    assert value() == "block"
    done(dbtrack("settings", "capture.on_error", "--reset"))
    assert value() == "warn"
    assert dbtrack("settings", "capture.on_error", "perhaps").returncode == 2
    assert dbtrack("settings", "no.such").returncode == 2


def test_tenants_have_roles_and_schemas(dbtrack: Dbtrack, role: Callable[..., str]) -> None:
    login = role("ann")
    done(dbtrack("tenant", "add", "acme"))
    done(dbtrack("tenant", "grant", login, "acme"))
    done(dbtrack("tenant", "default", login, "acme"))
    done(dbtrack("tenant", "map-schema", "public", "acme"))
    (row,) = rows(dbtrack("tenant", "list", "--format", "jsonl"))
    assert (row["tenant_bk"], row["schemas"]) == ("acme", ["public"])
    assert login in str(row["roles"])
    assert dbtrack("tenant", "grant", login, "nobody").returncode == 2
    assert dbtrack("history", "--tenant", "nobody").returncode == 2


def test_uninstall_says_what_would_go_and_removes_nothing_off_a_terminal(dbtrack: Dbtrack) -> None:
    done(dbtrack("track", "load"))
    result = dbtrack("uninstall", stdin="yes\n")
    assert (result.returncode, result.stdout) == (2, "")
    assert "4 event triggers" in result.stderr
    assert "1 recorded executions" in result.stderr
    assert dbtrack("dashboard").returncode == 0


def test_uninstall_keeps_data_when_told_to(dbtrack: Dbtrack) -> None:
    done(dbtrack("track", "load"))
    assert dbtrack("uninstall", "--yes", "--keep-data", "-q").stderr == ""
    assert dbtrack("dashboard").returncode == 10
    assert dbtrack("install", "-q").returncode == 0
    assert [row["script_name"] for row in rows(dbtrack("history", "--format", "jsonl"))] == ["load"]
