"""Causes of failures from the rollups: the same answer as from the rows, bounded, and gone with what was erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.proof.erase import erase
from dbtrack.reports import REPORTS, run
from tests.support.rollups import differences
from tests.support.servers.sandbox import RoleFactory

_RECORD = "SELECT script_tracking.record_operations(%(all)s::jsonb, %(tenant)s::bytea)"
_ROWS = "SELECT count(*) FROM script_tracking.rollup_error"


def causes(database: Database, **arguments: object) -> list[dict[str, Any]]:
    names = [column.name for column in REPORTS["errors"].columns]
    return [dict(zip(names, row, strict=True)) for row in run(database, REPORTS["errors"], arguments)]


def record(database: Database, *failures: dict[str, object], tenant: bytes | None = None) -> None:
    """Record what failed: each a name, minutes ago, and whatever else of an operation."""
    now = datetime.now(UTC)
    operations = [
        {"script_name": "job", "execution_status": "FAILED"}
        | failure
        | {"execution_timestamp": (now - timedelta(minutes=int(str(failure["minutes"])))).isoformat()}
        for failure in failures
    ]
    database.execute(_RECORD, {"all": json.dumps(operations), "tenant": tenant})


@pytest.mark.every_server
def test_the_report_is_the_same_from_the_rollups_and_from_the_rows(installed: Database) -> None:
    installed.execute("SELECT script_tracking.add_tenant('acme')")
    acme = installed.value("SELECT script_tracking.resolve_tenant('acme')")
    missing = {"error_message": 'relation "a" does not exist'}
    known = {"sqlstate": "42P01", "hint": "look again", "command": "psql -f a.sql"}
    record(installed, {"minutes": 900, **missing, "metadata": known, "script_name": "first"}, tenant=acme)
    record(
        installed,
        {"minutes": 400, **missing, "script_name": "last"},
        {"minutes": 500, **missing, "metadata": known | {"command": "psql -f b.sql"}, "script_name": "told"},
        {"minutes": 300, "error_message": "exit code 8; no", "metadata": {"exit_code": 8}},
        {"minutes": 200, "execution_status": "CANCELLED"},
        {"minutes": 100, "execution_status": "COMPLETED"},
    )
    asked: list[dict[str, object]] = [
        {},
        {"limit": 1},
        {"status": "CANCELLED"},
        {"tenant": "acme"},
        {"hours": 6},
    ]
    from_rows = [causes(installed, **arguments) for arguments in asked]
    # The tenant that was added is one more.
    assert retention.roll_up(installed) == 7
    installed.execute("UPDATE script_tracking.rollup_error SET occurrences = occurrences + 10")
    assert causes(installed) != from_rows[0], "the rollups are not read"
    installed.execute("UPDATE script_tracking.rollup_error SET occurrences = occurrences - 10")
    assert [causes(installed, **arguments) for arguments in asked] == from_rows
    cause = from_rows[0][-1]
    assert (cause["occurrences"], cause["sqlstate"], cause["script_name"]) == (3, "42P01", "last")
    assert (cause["statement"], cause["hint"], cause["tenants"]) == ("psql -f b.sql", "look again", ["acme"])
    assert [cause["occurrences"] for cause in from_rows[3]] == [1]


def test_causes_beyond_a_hundred_an_hour_count_as_others(installed: Database) -> None:
    words = installed.value(
        "SELECT array_agg(translate(md5(n::text), '0123456789', 'ghijklmnop')) FROM generate_series(1, 150) AS n"
    )
    frequent = [{"minutes": 300, "error_message": "no disk"}] * 3
    record(installed, *({"minutes": 300, "error_message": f"no {word}"} for word in words), *frequent)
    assert len(causes(installed)) == 151
    for times in (3, 6):
        retention.roll_up(installed)
        found = {cause["message"]: cause["occurrences"] for cause in causes(installed)}
        assert sum(found.values()) == 150 + times
        assert (found["no disk"], found["other causes"], len(found)) == (times, 51, 101)
        record(installed, *frequent)
    assert (installed.value(_ROWS) or 0) < 350
    assert causes(installed)[0]["execution_key"] is not None


@pytest.mark.every_server
def test_a_prepared_transaction_counts_once_and_holds_nothing_back(
    installed: Database, installed_conninfo: str
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as other:
        gid = other.info.dbname
        other.execute("BEGIN")
        record(Database.wrap(other), {"minutes": 120}, {"minutes": 1})
        other.execute(f"PREPARE TRANSACTION '{gid}'".encode())
    counted = "SELECT coalesce(sum(failed), 0) FROM script_tracking.rollup_total WHERE level_minutes = 60"
    retention.roll_up(installed)
    for number in range(3):
        record(installed, {"minutes": 90})
        retention.roll_up(installed)
        assert installed.value(counted) == number + 1
        assert [cause["occurrences"] for cause in causes(installed)] == [number + 1]
    installed.raw.execute(f"COMMIT PREPARED '{gid}'".encode())
    for _ in range(2):
        assert [cause["occurrences"] for cause in causes(installed)] == [5]
        assert differences(installed.raw) == []
        retention.roll_up(installed)
    assert installed.value(counted) == 5


def test_what_the_log_takes_back_is_counted_as_it_ended(installed: Database) -> None:
    began = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    entry = {
        "script_name": "TRUNCATE TABLE",
        "execution_timestamp": began,
        "db_session_user": "app",
        "session_statement": "session 1 line 2",
    }
    position = {"source_hash": "aa", "tail_hash": "bb", "source_name": "a.log", "log_format": "jsonlog"}
    for number, status in enumerate(("COMPLETED", "FAILED")):
        installed.execute(
            "SELECT script_tracking.ingest_log_records(%(records)s::jsonb, %(position)s::jsonb)",
            {
                "records": json.dumps(
                    [{**entry, "execution_status": status, "error_message": "no such table"}]
                ),
                "position": json.dumps({**position, "from_offset": number, "to_offset": number + 1}),
            },
        )
        assert differences(installed.raw) == []
        retention.roll_up(installed)
        assert differences(installed.raw) == []
    counted = "SELECT sum(completed), sum(failed) FROM script_tracking.rollup_total WHERE level_minutes = 60"
    assert installed.row(counted) == (0, 1)
    assert [cause["message"] for cause in causes(installed)] == ["no such table"]


def test_what_is_erased_is_in_no_cause(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("alice", member_of=("dbtrack_operator",))
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as connection:
        record(Database.wrap(connection), {"minutes": 100, "error_message": f"no mail for {login} here"})
    record(installed, {"minutes": 300, "error_message": "no disk"})
    retention.roll_up(installed)
    text = "SELECT string_agg(r::text, ' ') FROM script_tracking.rollup_error AS r"
    assert login in installed.value(text)
    erase(installed, login, "request 4711")
    assert login not in installed.value(text)
    assert "no disk" in installed.value(text)
    assert [cause["message"] for cause in causes(installed)] == ["[erased]", "no disk"]
    retention.roll_up(installed)
    assert [cause["message"] for cause in causes(installed)] == ["[erased]", "no disk"]
    assert differences(installed.raw) == []
