"""Each way past the event triggers is caught by the next reconcile; and what no event trigger of one database can see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.schema import Outcome, Reconciliation
from dbtrack.schema.settings import set_setting
from tests.support.command_line import rows, run_dbtrack
from tests.support.dumps import attempt, call, database_name
from tests.support.servers import Server, find_binaries, start_server
from tests.support.servers.sandbox import Sandbox
from tests.support.single_user import run_in_single_user_mode
from tests.support.standby import start_standby
from tests.support.waiting import wait_until

pytestmark = pytest.mark.every_server
HIDDEN = ("table", "public.hidden", "created")


@pytest.fixture
def watched(installed: Database) -> Iterator[Database]:
    """A database after its baseline."""
    schema.reconcile(installed)
    yield installed
    installed.raw.execute("RESET ALL")


def found(database: Database) -> list[tuple[str, str, str]]:
    return [row[:3] for row in schema.reconcile(database).unattributed]


def test_a_trigger_disabled_and_enabled_again(watched: Database) -> None:
    watched.execute("ALTER EVENT TRIGGER et_ddl_command_end DISABLE")
    watched.execute("CREATE TABLE hidden (id int)")
    watched.execute("ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS")
    watched.execute("CREATE TABLE seen (id int)")
    assert found(watched) == [HIDDEN]


def test_a_trigger_left_disabled_is_a_finding_itself(watched: Database) -> None:
    watched.execute("ALTER EVENT TRIGGER et_sql_drop DISABLE")
    (row,) = schema.reconcile(watched).unattributed
    assert row[:3] == ("event trigger", "et_sql_drop", "changed")
    assert (row[3]["fires"], row[4]["fires"]) == ("always", "never: disabled")


def test_replica_role_does_not_evade_capture(watched: Database) -> None:
    watched.execute("SET session_replication_role = replica")
    watched.execute("CREATE TABLE recorded (id int)")
    assert found(watched) == []


def test_event_triggers_switched_off(watched: Database, server: Server) -> None:
    if server.major < 17:
        pytest.skip("there is no such setting before PostgreSQL 17")
    watched.execute("SET event_triggers = off")
    watched.execute("CREATE TABLE hidden (id int)")
    watched.execute("SET event_triggers = on")
    assert found(watched) == [HIDDEN]


def test_capture_switched_off(watched: Database) -> None:
    set_setting(watched, "capture.enabled", "off")
    watched.execute("CREATE TABLE hidden (id int)")
    set_setting(watched, "capture.enabled", "on")
    assert found(watched) == [HIDDEN]


def test_the_catalog_written_by_hand(watched: Database) -> None:
    watched.execute("CREATE TABLE public.plain (id int NOT NULL)")
    assert found(watched) == []
    watched.execute("SET allow_system_table_mods = on")
    watched.execute(
        "UPDATE pg_attribute SET attnotnull = false WHERE attrelid = 'plain'::regclass AND attname = 'id'"
    )
    assert found(watched) == [("table", "public.plain", "changed")]


def test_single_user_mode(server: Server) -> None:
    binaries = find_binaries(server.major)
    assert binaries
    alone = start_server(server.major, binaries)
    try:
        with psycopg.connect(alone.conninfo(), autocommit=True) as connection:
            schema.install(Database.wrap(connection))
            schema.reconcile(Database.wrap(connection))
        run_in_single_user_mode(alone, "postgres", "CREATE TABLE hidden (id int)")
        with psycopg.connect(alone.conninfo(), autocommit=True) as connection:
            assert found(Database.wrap(connection)) == [HIDDEN]
    finally:
        alone.stop()


def test_a_restore_is_the_finding_and_starts_over(
    watched: Database, installed_conninfo: str, sandbox: Sandbox, server: Server, tmp_path: Path
) -> None:
    watched.execute("CREATE TABLE carried (id int)")
    archive = tmp_path / "archive"
    call(server, "pg_dump", "-d", installed_conninfo, "-Fc", "-f", archive)
    target = sandbox.database()
    call(server, "pg_restore", "-d", target, archive)
    result = run_dbtrack("reconcile", "--format", "jsonl", environment={"DBTRACK_DSN": target})
    assert result.returncode == 3
    assert "is of another database or server" in result.stderr
    assert f'"object_identity":"{database_name(target)}"' in result.stdout.replace(": ", ":")
    with psycopg.connect(target, autocommit=True) as connection:
        copy = Database.wrap(connection)
        again = schema.reconcile(copy)
        assert (again.outcome, again.changes) == (Outcome.COMPARED, 0)
        set_setting(copy, "capture.enabled", "off")
        copy.execute("CREATE TABLE hidden (id int)")
        assert found(copy) == [HIDDEN]


def test_a_restore_over_itself(
    watched: Database, installed_conninfo: str, server: Server, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    call(server, "pg_dump", "-d", installed_conninfo, "-Fc", "-f", archive)
    attempt(server, "pg_restore", "--clean", "-d", installed_conninfo, archive)
    result = schema.reconcile(watched)
    assert result.outcome is Outcome.RESTORED
    assert [row[:3] for row in result.unattributed] == [("database", watched.name, "restored")]


def _cluster_changes(database: Database, role: str) -> tuple[Reconciliation, str]:
    for statement in (
        f"CREATE ROLE {role} LOGIN PASSWORD 'first-secret'",
        f"ALTER ROLE {role} SUPERUSER PASSWORD 'second-secret'",
        f"ALTER ROLE {role} SET app.token = 'third-secret'",
        f"GRANT pg_monitor TO {role}",
        f"ALTER DATABASE {database.name} SET work_mem = '9MB'",
    ):
        database.execute(statement)
    result = schema.reconcile(database)
    rows = database.rows("SELECT s::text FROM script_tracking.script_execution_s AS s")
    rows += database.rows("SELECT o::text FROM script_tracking.catalog_object AS o")
    rows += database.rows("SELECT d::text FROM script_tracking.catalog_difference AS d")
    return result, str(rows)


def test_roles_and_databases_without_a_secret(watched: Database) -> None:
    role = f"sneaky_{watched.name}"
    try:
        result, stored = _cluster_changes(watched, role)
        changes = {row[:3]: row[4] for row in result.unattributed}
        assert set(changes) == {("database", watched.name, "changed"), ("role", role, "created")}
        shown = changes["role", role, "created"]
        assert shown.items() >= {"superuser": True, "login": True, "member of pg_monitor": "yes"}.items()
        assert changes["database", watched.name, "changed"]["setting work_mem"] == "9MB"
        assert "-secret" not in stored
        watched.execute(f"ALTER ROLE {role} NOSUPERUSER")
        (row,) = schema.reconcile(watched).unattributed
        assert (row[3]["superuser"], row[4]["superuser"]) == (True, False)
    finally:
        watched.execute(f"DROP ROLE {role}")
    assert found(watched) == [("role", role, "dropped")]


def _wait_for_reload(database: Database, value: str) -> None:
    database.execute("SELECT pg_reload_conf()")
    setting = "SELECT setting FROM pg_settings WHERE name = 'log_min_duration_statement'"
    wait_until(lambda: database.value(setting) == value, "the server has read its configuration again")


def test_alter_system(watched: Database) -> None:
    try:
        watched.execute("ALTER SYSTEM SET log_min_duration_statement = 77000")
        _wait_for_reload(watched, "77000")
        (row,) = schema.reconcile(watched).unattributed
        assert row[:3] == ("setting", "log_min_duration_statement", "changed")
        assert row[4]["value"] == "77000"
    finally:
        watched.execute("ALTER SYSTEM RESET log_min_duration_statement")
        _wait_for_reload(watched, "-1")


def test_settings_that_a_failover_changes_are_not_compared(watched: Database) -> None:
    changed = {
        "primary_conninfo": "host=elsewhere",
        "primary_slot_name": "node_2",
        "recovery_target_timeline": "current",
        "recovery_min_apply_delay": "7s",
        "restore_command": "false",
        "synchronous_standby_names": "",
    }
    try:
        for name, value in changed.items():
            watched.raw.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        watched.execute("ALTER SYSTEM SET log_min_duration_statement = 78000")
        _wait_for_reload(watched, "78000")
        assert [row[1] for row in found(watched)] == ["log_min_duration_statement"]
    finally:
        for name in changed:
            watched.raw.execute(f"ALTER SYSTEM RESET {name}".encode())
        watched.execute("ALTER SYSTEM RESET log_min_duration_statement")
        _wait_for_reload(watched, "-1")


def test_a_standby_says_that_it_cannot(server: Server, watched: Database, installed_conninfo: str) -> None:
    standby = start_standby(server)
    try:
        dsn = standby.conninfo(database_name(installed_conninfo))
        result = run_dbtrack("reconcile", environment={"DBTRACK_DSN": dsn})
    finally:
        standby.stop()
    assert (result.returncode, result.stdout) == (1, "")
    assert "standby" in result.stderr
    assert "primary" in result.stderr


def test_what_the_command_says_and_how_it_exits(installed: Database, installed_conninfo: str) -> None:
    environment = {"DBTRACK_DSN": installed_conninfo}
    first = run_dbtrack("reconcile", environment=environment)
    assert (first.returncode, first.stdout) == (0, "")
    assert "took a snapshot" in first.stderr
    quiet = run_dbtrack("reconcile", environment=environment)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert "0 changed" in run_dbtrack("reconcile", "-v", environment=environment).stderr
    set_setting(installed, "capture.enabled", "off")
    installed.execute("CREATE TABLE hidden (id int)")
    caught = run_dbtrack("reconcile", "--format", "jsonl", environment=environment)
    assert caught.returncode == 3
    assert '"public.hidden"' in caught.stdout
    found = run_dbtrack("history", "--type", "UNATTRIBUTED", "--format", "jsonl", environment=environment)
    assert [row["affected_objects"] for row in rows(found)] == [["public.hidden"]]
    unchanged = run_dbtrack("reconcile", "--baseline", "--format", "json", environment=environment)
    assert unchanged.returncode == 0
