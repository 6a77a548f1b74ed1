"""Events are valid by OCSF's own schema, and say what happened."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dbtrack.export.ocsf import OCSF_VERSION, ocsf_event
from dbtrack.export.source import Source
from tests.support.paths import SAMPLES

_SCHEMA = json.loads((SAMPLES / "ocsf" / f"datastore_activity_{OCSF_VERSION}.json").read_text())
_VALIDATOR = Draft202012Validator(_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
_SOURCES = (Source("shop", "71/5", "db.example.com", 5432), Source("shop", "71/5", "", 5432))
_ROW: dict[str, Any] = {
    "id": "ab-1",
    "execution_key": "ab",
    "version_number": 7,
    "script_name": "CREATE TABLE",
    "script_type": "DDL_AUTO",
    "execution_status": "COMPLETED",
    "execution_timestamp": "2026-01-15T14:30:25.123456Z",
    "duration_ms": 12.4,
    "recorded_at": "2026-01-15T14:30:25.223456Z",
    "db_session_user": "alice",
    "role": None,
    "application_name": "psql",
    "client_ip": "10.0.0.1",
    "tenant": "acme",
    "affected_objects": ["public.orders"],
    "object_count": 1,
    "record_source": "event_trigger@local:5432/shop",
}
_FULL = {
    "sql_command": "CREATE TABLE orders (id int)",
    "error_message": "it broke",
    "metadata": {"ticket": "OPS-1"},
    "parent_key": "cd",
}


def event(**changes: Any) -> dict[str, Any]:
    return ocsf_event(_ROW | changes, _SOURCES[0])


def test_the_validator_notices_what_is_wrong() -> None:
    assert not _VALIDATOR.is_valid(event() | {"class_uid": 6004})
    assert not _VALIDATOR.is_valid({key: value for key, value in event().items() if key != "src_endpoint"})
    assert not _VALIDATOR.is_valid(event() | {"statement": "SELECT 1"})


@pytest.mark.parametrize("source", _SOURCES)
def test_every_kind_of_execution_is_valid(source: Source) -> None:
    kinds = ("DDL_AUTO", "DDL_LOG", "UNATTRIBUTED", "MIGRATION", "BACKUP", "AUTHENTICATION", "of their own")
    statuses = ("RUNNING", "COMPLETED", "FAILED", "CANCELLED", "ABANDONED")
    names = ("CREATE TABLE", "DROP TABLE", "GRANT", "nightly")
    blank = {"duration_ms": None, "client_ip": None, "tenant": None, "application_name": None}
    changes: list[dict[str, Any]] = [{}, blank, _FULL, {"client_ip": "2001:db8::1"}]
    for kind, status, name, changed in product(kinds, statuses, names, changes):
        made = {"script_type": kind, "execution_status": status, "script_name": name}
        errors = list(_VALIDATOR.iter_errors(ocsf_event(_ROW | made | changed, source)))
        assert errors == []


@pytest.mark.parametrize(
    ("kind", "name", "activity"),
    [
        ("DDL_AUTO", "CREATE TABLE", 6),
        ("DDL_AUTO", "SELECT INTO", 6),
        ("DDL_AUTO", "DROP INDEX", 7),
        ("DDL_AUTO", "ALTER TABLE", 2),
        ("DDL_LOG", "CREATE ROLE", 6),
        ("UNATTRIBUTED", "table created", 6),
        ("UNATTRIBUTED", "index dropped", 7),
        ("UNATTRIBUTED", "function altered", 2),
        ("AUTHENTICATION", "login", 3),
        ("BACKUP", "nightly", 1),
        ("MIGRATION", "CREATE TABLE", 99),
    ],
)
def test_the_activity_follows_the_command(kind: str, name: str, activity: int) -> None:
    made = event(script_type=kind, script_name=name)
    assert made["activity_id"] == activity
    assert made["type_uid"] == 600500 + activity


def test_what_somebody_must_see_is_more_severe() -> None:
    assert [
        event(script_type=kind, execution_status=status)["severity_id"]
        for kind, status in (
            ("DDL_AUTO", "COMPLETED"),
            ("MIGRATION", "CANCELLED"),
            ("MIGRATION", "FAILED"),
            ("UNATTRIBUTED", "COMPLETED"),
        )
    ] == [1, 2, 3, 4]


def test_times_are_milliseconds() -> None:
    made = event()
    assert made["time"] == made["start_time"] == 1_768_487_425_123
    assert (made["duration"], made["end_time"]) == (12, made["time"] + 12)
    assert made["metadata"]["logged_time"] == made["time"] + 100


def test_the_statement_is_there_only_if_it_was_exported() -> None:
    assert "query_info" not in event()
    assert event(**_FULL)["query_info"]["query_string"] == _FULL["sql_command"]
    assert event(**_FULL)["status_detail"] == "it broke"
