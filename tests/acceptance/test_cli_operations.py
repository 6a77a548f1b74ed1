"""Opening, closing and wrapping operations."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Dbtrack, clean_environment, done, rows, run_dbtrack
from tests.support.paths import CORPUS

pytestmark = pytest.mark.any_server

ECHO = "import sys, os; os.write(1, b'|'.join(os.fsencode(word) for word in sys.argv[1:]))"


def execution(dbtrack: Dbtrack, key: str) -> dict[str, Any]:
    sections = json.loads(done(dbtrack("show", key, "--format", "json")))["sections"]
    (row,) = next(section["rows"] for section in sections if section["name"] == "show_execution")
    assert isinstance(row, dict)
    return row


def test_an_operation_is_opened_and_closed_by_its_key(dbtrack: Dbtrack) -> None:
    key = done(dbtrack("track", "load", "--type", "REPORTING", "--meta", "ticket=OPS=17", "--meta", "by=ann"))
    assert re.fullmatch(r"[0-9a-f]{64}\n", key)
    opened = execution(dbtrack, key.strip())
    assert (opened["execution_status"], opened["script_type"]) == ("RUNNING", "REPORTING")
    assert {"ticket": "OPS=17", "by": "ann"}.items() <= opened["metadata"].items()
    assert done(dbtrack("complete", key.strip())) == ""
    assert execution(dbtrack, key[:12])["execution_status"] == "COMPLETED"


@pytest.mark.parametrize("output", ["/dev/full", "&-"])
def test_an_operation_whose_key_cannot_be_printed_is_not_opened(
    output: str, dbtrack: Dbtrack, installed_conninfo: str
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m dbtrack track load -d "{installed_conninfo}" >{output}'],
        env=clean_environment(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert rows(dbtrack("history", "--format", "jsonl")) == []


def test_a_wrapped_command_runs_without_a_standard_output(installed_conninfo: str) -> None:
    words = f'track load -d "{installed_conninfo}" -- sh -c "exit 4"'
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m dbtrack {words} >&-'], env=clean_environment(), check=False
    )
    assert done.returncode == 4


def test_an_empty_tenant_is_not_taken_for_none(dbtrack: Dbtrack) -> None:
    for words in (["history", "--tenant", ""], ["track", "load", "--tenant", ""]):
        refused = dbtrack(*words)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert 'there is no tenant ""' in refused.stderr


def test_closing_twice_and_an_unknown_key_are_distinguished(dbtrack: Dbtrack) -> None:
    key = done(dbtrack("track", "load")).strip()
    done(dbtrack("complete", key))
    twice, unknown = dbtrack("complete", key), dbtrack("complete", "ab" * 32)
    assert (twice.returncode, unknown.returncode) == (1, 1)
    assert "already closed: COMPLETED" in twice.stderr
    assert "no execution has the key abab" in unknown.stderr


@pytest.mark.parametrize("way", ["text", "stdin", "file"])
def test_a_reason_makes_it_failed(way: str, dbtrack: Dbtrack, tmp_path: Path) -> None:
    key = done(dbtrack("track", "load")).strip()
    log = tmp_path / "load.log"
    log.write_bytes("disk full at caf\xe9\n".encode("latin-1"))
    words = {"text": ("--error", "disk full"), "stdin": ("--error", "-"), "file": ("--error-file", str(log))}
    done(dbtrack("complete", key, *words[way], stdin="disk full\n"))
    closed = execution(dbtrack, key)
    assert closed["execution_status"] == "FAILED"
    assert str(closed["error_message"]).startswith("disk full")


def test_failed_needs_no_reason(dbtrack: Dbtrack) -> None:
    key = done(dbtrack("track", "load")).strip()
    done(dbtrack("complete", key, "--failed"))
    assert execution(dbtrack, key)["execution_status"] == "FAILED"


def test_the_arguments_of_a_wrapped_command_reach_it_untouched(installed_conninfo: str) -> None:
    words: list[str | bytes] = ["-v", "--help", "", "a b", "--", "--type", "-d", "*", b"\xff.sql"]
    result = subprocess.run(
        [sys.executable, "-m", "dbtrack", "track", "echo", "--", sys.executable, "-c", ECHO, *words],
        env=clean_environment({"DBTRACK_DSN": installed_conninfo}),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert result.stdout == b"-v|--help||a b|--|--type|-d|*|\xff.sql"
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("command", "code", "status"),
    [
        (("sh", "-c", "exit 0"), 0, "COMPLETED"),
        (("sh", "-c", "exit 3"), 3, "FAILED"),
        (("sh", "-c", "kill -TERM $$"), -15, "FAILED"),
        (("/nonexistent/tool",), 127, "FAILED"),
        (("/etc/passwd",), 126, "FAILED"),
    ],
)
def test_the_exit_code_of_a_wrapped_command_is_passed_on(
    command: tuple[str, ...], code: int, status: str, dbtrack: Dbtrack
) -> None:
    assert dbtrack("track", "load", "--", *command).returncode == code
    (row,) = rows(dbtrack("history", "--format", "jsonl"))
    assert (row["execution_status"], row["script_type"]) == (status, "MIGRATION")


def test_without_a_server_the_wrapped_command_runs_unless_the_record_is_required(tmp_path: Path) -> None:
    environment = {"DBTRACK_SPOOL": str(tmp_path / "spool")}
    required = run_dbtrack(
        "track", "load", "--require", "--", "touch", str(tmp_path / "ran"), environment=environment
    )
    assert required.returncode == 12
    assert "the command was not run" in required.stderr
    assert list(tmp_path.iterdir()) == []
    result = run_dbtrack("track", "load", "--", "touch", str(tmp_path / "ran"), environment=environment)
    assert result.returncode == 0
    assert (tmp_path / "ran").exists()
    (listed,) = rows(run_dbtrack("spool", "list", "--format", "jsonl", environment=environment))
    assert (listed["script_name"], listed["execution_status"]) == ("load", "COMPLETED")


def test_what_a_change_is_for_is_remembered_and_found(dbtrack: Dbtrack) -> None:
    words = ("--ticket", "OPS-17", "--environment", "prod", "--reason", "a new index", "--approved-by", "ann")
    assert dbtrack("track", "index", *words, "--", "true").returncode == 0
    assert dbtrack("track", "other", "--ticket", "", "--environment", "staging", "--", "true").returncode == 0
    (found,) = rows(dbtrack("history", "--ticket", "OPS-17", "--format", "jsonl"))
    metadata = execution(dbtrack, found["execution_key"])["metadata"]
    assert (metadata["reason"], metadata["approved_by"]) == ("a new index", "ann")
    (staged,) = rows(dbtrack("history", "--environment", "staging", "--format", "jsonl"))
    assert staged["script_name"] == "other"
    assert "ticket" not in execution(dbtrack, staged["execution_key"])["metadata"]
    twice = dbtrack("track", "x", "--meta", "ticket=A", "--ticket", "B", "--", "true")
    assert (twice.returncode, "contradict" in twice.stderr) == (2, True)


def test_the_cause_of_an_error_that_is_given_is_what_the_server_said(dbtrack: Dbtrack) -> None:
    key = done(dbtrack("track", "load")).strip()
    said = CORPUS / "stderr" / "sqlalchemy-psycopg.txt"
    assert done(dbtrack("complete", key, "--error-file", str(said))) == ""
    (cause,) = rows(dbtrack("errors", "--format", "jsonl"))
    assert (cause["message"], cause["sqlstate"]) == ('relation "?" does not exist', "42P01")
