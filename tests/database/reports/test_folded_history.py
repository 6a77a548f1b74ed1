"""On a screen the history has one line an operation: the DDL that ran in it is folded in, where it is listed."""

from __future__ import annotations

from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.reports import REPORTS, prepare

HISTORY = REPORTS["history"]


@pytest.fixture
def migrated(installed: Database) -> Database:
    """A database with a DDL of its own, and an operation in which a schema and two tables were created."""
    installed.execute("CREATE TABLE alone (id int)")
    key = installed.call_value("track_operation", script_name="V42", script_type="MIGRATION")
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": key.hex()})
    for statement in ("CREATE SCHEMA app", "CREATE TABLE app.a (id int)", "CREATE TABLE app.b (id int)"):
        installed.execute(statement)
    installed.execute("SELECT set_config('dbtrack.execution', '', false)")
    installed.call("complete_operation", execution_hk=key)
    return installed


def listed(database: Database, *switches: str, **arguments: object) -> list[dict[str, Any]]:
    prepared = prepare(database, HISTORY, arguments).switched(*switches)
    names = [column.name for column in prepared.columns]
    return [dict(zip(names, row, strict=True)) for row in prepared.rows(database)]


def test_what_ran_in_an_operation_is_folded_into_its_line(migrated: Database) -> None:
    every = listed(migrated, "family")
    assert [row["script_name"] for row in every] == [
        "CREATE TABLE",
        "CREATE TABLE",
        "CREATE SCHEMA",
        "V42",
        "CREATE TABLE",
    ]
    operation = every[3]
    assert [row["parent_key"] for row in every] == [operation["execution_key"]] * 3 + [None, None]
    assert [row["parent_name"] for row in every] == ["V42"] * 3 + [None, None]
    assert [row["children"] for row in every] == [None, None, None, 3, None]
    assert operation["changed_objects"] == ["app", "app.a", "app.b"]
    assert [row["script_name"] for row in listed(migrated, "family", "folded")] == ["V42", "CREATE TABLE"]
    # A limit counts lines: nothing that is folded takes the place of one.
    assert len(listed(migrated, "family", "folded", limit=2)) == 2


def test_what_did_not_complete_in_a_failed_operation_is_counted(installed: Database) -> None:
    key = installed.call_value("track_operation", script_name="V43", script_type="MIGRATION")
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": key.hex()})
    installed.execute("CREATE TABLE kept (id int)")
    installed.call_value("track_operation", script_name="step")
    installed.execute("SELECT set_config('dbtrack.execution', '', false)")
    installed.call("complete_operation", execution_hk=key, success=False, error_message="no")
    operation = next(row for row in listed(installed, "family") if row["script_name"] == "V43")
    assert operation["children"] - operation["failed_children"] == 1


def test_what_ran_in_an_operation_that_is_not_listed_has_its_own_line(migrated: Database) -> None:
    since = listed(migrated)[2]["execution_timestamp"].isoformat()
    assert [row["script_name"] for row in listed(migrated, "family", "folded", since=since)] == [
        "CREATE TABLE",
        "CREATE TABLE",
        "CREATE SCHEMA",
    ]


def test_without_a_switch_the_columns_that_need_it_are_left_out(migrated: Database) -> None:
    (row, *_) = listed(migrated)
    assert not {"parent_key", "children", "changed_objects", "statement"} & row.keys()
    assert list(row)[:9] == [column.name for column in HISTORY.columns[:9]]
    assert [row["statement"] for row in listed(migrated, "statements")][2] == "CREATE SCHEMA app"
