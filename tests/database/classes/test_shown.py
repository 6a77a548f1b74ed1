"""Where classes are shown: events, history, show, evidence."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.operations.classes import classify
from tests.support.classified import one, said, within
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.any_server

_BOTH = ["phi", "secret"]
_FRAMEWORK = """
name = "own"
title = "Own"
edition = "1"
version = 1
source = "https://example.org"
[[control]]
paragraph = "1"
title = "Classes"
text = "It is known where protected data are."
measures = ["classified"]
wording = "{classified} objects, {classified_changes} changes, {with_access} logins"
"""
_EVENTS = (
    "SELECT event_data ->> 'name', event_data -> 'classes' FROM script_tracking.event"
    " WHERE event_data ? 'classes' ORDER BY version_number"
)
_LOGINS = (
    "SELECT count(*) FROM pg_roles AS r WHERE r.rolcanlogin"
    " AND (has_table_privilege(r.oid, 'patients', 'SELECT') OR has_table_privilege(r.oid, 'patients', 'UPDATE'))"
)


@pytest.fixture
def changed(installed: Database, role: RoleFactory) -> Database:
    """A database with a classified table that an operation changed, and another table."""
    installed.execute("CREATE TABLE patients (id int, ssn text); CREATE TABLE plain (x int)")
    assert installed.rows(_EVENTS) == []
    classify(installed, "patients.ssn", "phi", "law")
    classify(installed, "patients", "secret")
    within(
        installed,
        "v2",
        "T-1",
        "ALTER TABLE patients ADD note text",
        f"GRANT SELECT ON patients TO {role('reader')}",
    )
    installed.execute("ALTER TABLE plain ADD y int")
    return installed


def test_events_history_and_show_tell_the_classes_where_there_are_any(
    changed: Database, installed_conninfo: str
) -> None:
    place = ("-d", installed_conninfo)
    # What a caller says in metadata of its own does not count.
    metadata = json.dumps({"classification": {"class": "pii"}})
    changed.execute("SELECT script_tracking.track_operation('x', metadata => %(m)s::jsonb)", {"m": metadata})
    told = changed.rows(_EVENTS)
    assert told == [
        ("CREATE TABLE", _BOTH),
        ("dbtrack classify", ["phi"]),
        ("dbtrack classify", ["secret"]),
        ("ALTER TABLE", _BOTH),
        ("GRANT", _BOTH),
    ]
    history = rows(run_dbtrack("history", "--format", "jsonl", *place))
    assert [(row["script_name"], row["classes"]) for row in reversed(history) if row["classes"]] == told
    granted = next(row["execution_key"] for row in history if row["script_name"] == "GRANT")
    shown: Any = json.loads(done(run_dbtrack("show", granted, "--format", "json", *place)))
    assert '"classes": ["phi", "secret"]' in json.dumps(shown)


def test_evidence_counts_what_concerned_classified_data(
    changed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(_FRAMEWORK)
    words = ("evidence", "--framework", str(tmp_path / "own.toml"), "--since", "1h", "-d", installed_conninfo)
    # The operation in which the DDL ran is the change.
    population = csv.DictReader(io.StringIO(said(*words, "--format", "csv")))
    assert {row["subject"]: row["classes"] for row in population if row["classes"]} == {
        "CREATE TABLE public.patients": "phi secret",
        "v2": "phi secret",
    }
    file = tmp_path / "data.json"
    said(*words, "--format", "json", "-o", str(file))
    drawn = json.loads(file.read_text())
    logins = one(changed, _LOGINS)
    assert drawn["controls"][0]["sentence"] == f"1 objects, 2 changes, {logins} logins"
    assert (drawn["controls"][0]["status"], drawn["totals"]["classified"]) == ("supports", 2)
    exceptions = [row for row in drawn["exceptions"] if row["subject"].endswith("public.patients")]
    assert exceptions
    assert all(row["classes"] == _BOTH for row in exceptions)
    assert run_dbtrack("evidence", "verify", str(file)).returncode == 0


def test_a_data_file_from_before_there_were_classes_is_as_good(
    changed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    assert one(changed, "SELECT count(*) FROM script_tracking.get_classes()") == 2
    (tmp_path / "own.toml").write_text(_FRAMEWORK)
    file = tmp_path / "data.json"
    said(
        *("evidence", "--framework", str(tmp_path / "own.toml"), "--since", "1h", "-d", installed_conninfo),
        *("--format", "json", "-o", str(file)),
    )
    older = file.read_text()
    for text in ('"classes":[],', '"classes":["phi","secret"],', '"classified":2,'):
        assert text in older
        older = older.replace(text, "")
    (tmp_path / "older.json").write_text(older)
    complaints = run_dbtrack("evidence", "verify", str(tmp_path / "older.json")).stderr
    assert "is not a row of" not in complaints
    assert "totals are not" not in complaints
    (tmp_path / "odd.json").write_text(file.read_text().replace('"classified":2', '"classified":1'))
    assert "totals are not" in run_dbtrack("evidence", "verify", str(tmp_path / "odd.json")).stderr
