"""What became of a failure: a later success, what it left behind, who has dealt with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from tests.support.command_line import run_dbtrack
from tests.support.servers import Server
from tests.support.tenancy import Tenancy
from tests.support.wrapped import Track

_MIGRATION = """
ALTER TABLE orders ADD COLUMN due_on date, ADD COLUMN IF NOT EXISTS "Old Name" text;
CREATE INDEX orders_due_idx ON orders (due_on);
CREATE FUNCTION recalc(p date) RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 10);
"""


@pytest.fixture
def track(installed_conninfo: str, server: Server) -> Track:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int, amount int)")
        connection.execute("INSERT INTO orders VALUES (1, 5)")
    return Track(installed_conninfo, server)


def _key(installed: Database, name: str) -> bytes:
    """Return the latest failure of this name."""
    return bytes(
        installed.value(
            "SELECT script_execution_hk FROM script_tracking.current_execution WHERE script_name = %(name)s "
            "AND execution_status <> 'COMPLETED' ORDER BY execution_timestamp DESC LIMIT 1",
            {"name": name},
        )
    )


def _outcome(installed: Database, key: bytes) -> dict[str, Any]:
    names = (
        "succeeded_key",
        "succeeded_at",
        "after_ms",
        "left_behind",
        "resolved_by",
        "resolved_at",
        "reason",
    )
    [row] = installed.call("get_failure_outcome", execution_key=key)
    return dict(zip(names, row, strict=True))


def _open(installed: Database) -> list[str]:
    return [row[0] for row in installed.rows("SELECT script_name FROM script_tracking.get_open_failures()")]


def test_a_half_done_migration_from_its_failure_to_its_success(
    track: Track, installed: Database, installed_conninfo: str, server: Server, tmp_path: Path
) -> None:
    script = tmp_path / "V42.sql"
    script.write_text(_MIGRATION)
    words = (
        str(server.bin_dir / "psql"),
        installed_conninfo,
        "-Xq",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        str(script),
    )
    assert track(*words, name="V42", options=("--type", "MIGRATION")).returncode == 3
    key = _key(installed, "V42")
    found = _outcome(installed, key)
    assert found["succeeded_key"] is None
    assert found["left_behind"] == [
        'column public.orders."Old Name"',
        "column public.orders.due_on",
        "public.orders_due_idx (index)",
        "public.recalc(pg_catalog.date) (function)",
    ]
    assert _open(installed) == ["V42"]

    # Another operation, or the same one of another tenant, is not this one.
    track("true", name="V43", options=("--type", "MIGRATION"))
    assert _open(installed) == ["V42"]
    installed.execute("DROP FUNCTION recalc(date)")
    installed.execute("ALTER TABLE orders DROP COLUMN due_on")
    track("true", name="V42", options=("--type", "MIGRATION"))
    found = _outcome(installed, key)
    assert found["left_behind"] == ['column public.orders."Old Name"']
    assert found["after_ms"] > 0
    succeeded = installed.row(
        "SELECT script_name, execution_status FROM script_tracking.current_execution "
        "WHERE script_execution_hk = %(key)s",
        {"key": found["succeeded_key"]},
    )
    assert succeeded == ("V42", "COMPLETED")
    assert _open(installed) == []

    environment = {"DBTRACK_DSN": installed_conninfo}
    shown = json.loads(run_dbtrack("show", key.hex(), "--format", "json", environment=environment).stdout)
    [outcome] = next(part["rows"] for part in shown["sections"] if part["name"] == "show_outcome")
    assert outcome["succeeded_key"] == found["succeeded_key"].hex()
    errors = json.loads(run_dbtrack("errors", "--format", "json", environment=environment).stdout)["rows"]
    assert [(row["succeeded_key"], row["is_open"]) for row in errors] == [(outcome["succeeded_key"], False)]
    assert run_dbtrack("errors", "--open", environment=environment).returncode == 0


def test_an_index_that_could_not_be_built_concurrently_stays_behind(installed: Database) -> None:
    installed.execute("CREATE TABLE orders (id int)")
    installed.execute("INSERT INTO orders VALUES (1), (1)")
    with pytest.raises(DbtrackError):
        installed.execute("CREATE UNIQUE INDEX CONCURRENTLY orders_once ON orders (id)")
    installed.call("close_abandoned")
    key = _key(installed, "CREATE INDEX")
    assert _outcome(installed, key)["left_behind"] == ["public.orders_once (index, invalid)"]
    installed.execute("DROP INDEX orders_once")
    installed.execute("DELETE FROM orders")
    installed.execute("CREATE UNIQUE INDEX CONCURRENTLY orders_once ON orders (id)")
    found = _outcome(installed, key)
    assert (found["left_behind"], found["succeeded_key"] is None) == ([], False)


def _logged(installed: Database, statement: str, objects: list[str], tag: str = "ALTER TABLE") -> None:
    """Record a failed DDL, as the server's log has it."""
    record = {
        "script_name": tag,
        "execution_status": "FAILED",
        "execution_timestamp": str(installed.value("SELECT clock_timestamp()")),
        "db_session_user": "alice",
        "affected_objects": objects,
        "sql_command": statement,
        "error_message": "it failed",
    }
    offset = installed.value("SELECT coalesce(max(byte_offset), 0) FROM script_tracking.log_position")
    position = {
        "source_hash": "00" * 32,
        "tail_hash": "00" * 32,
        "source_name": "log",
        "log_format": "json",
        "from_offset": offset,
        "to_offset": offset + 1,
    }
    installed.call("ingest_log_records", records=json.dumps([record]), log_position=json.dumps(position))


def test_ddl_succeeds_later_by_its_statement_or_its_object(installed: Database) -> None:
    installed.execute("CREATE TABLE a (id int)")
    installed.execute("CREATE TABLE b (id int)")
    _logged(installed, "ALTER TABLE a ADD COLUMN x int", ["a"])
    installed.execute("ALTER TABLE b ADD COLUMN x int")
    # Another action on the same table is not the same.
    for other in ("ADD COLUMN y int", "ALTER id SET NOT NULL", "DROP COLUMN y", "OWNER TO CURRENT_USER"):
        installed.execute(f"ALTER TABLE a {other}")
    assert _open(installed) == ["ALTER TABLE"]
    installed.execute("alter table if exists public.a\n  add x bigint")
    assert _open(installed) == []
    _logged(installed, 'ALTER TABLE ONLY "a"* ADD CONSTRAINT positive CHECK (x > 1)', ["a"])
    installed.execute("ALTER TABLE a ADD CONSTRAINT other CHECK (x > 0)")
    assert _open(installed) == ["ALTER TABLE"]
    installed.execute("ALTER TABLE a ADD CONSTRAINT positive CHECK (x > 0)")
    assert _open(installed) == []
    _logged(installed, "DROP TABLE b", ["other.b"], "DROP TABLE")
    installed.execute("DROP TABLE b")
    assert _open(installed) == []


def test_each_tenant_resolves_its_own_failures(tenancy: Tenancy) -> None:
    database = Database.wrap(tenancy.superuser)
    for login in tenancy.logins.values():
        with tenancy.connect(login) as connection:
            for _ in range(2):
                connection.execute(
                    "SELECT script_tracking.complete_operation(script_tracking.track_operation('load'), false, 'full')"
                )
    acme = make_conninfo(tenancy.conninfo, user=tenancy.logins["acme"])

    def dbtrack(*words: str) -> tuple[int, str]:
        done = run_dbtrack(*words, "-d", acme)
        return done.returncode, done.stdout + done.stderr

    code, text = dbtrack("errors", "--open", "--each", "--format", "json")
    rows = json.loads(text)["rows"]
    assert (code, [row["tenant"] for row in rows]) == (3, ["acme", "acme"])
    mine = rows[0]["execution_key"]
    theirs = database.value(
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution "
        "WHERE execution_status = 'FAILED' AND db_session_user = %(login)s LIMIT 1",
        {"login": tenancy.logins["globex"]},
    )
    assert dbtrack("resolve", mine)[0] == 2  # a reason is missing
    assert "there is no execution" in dbtrack("resolve", theirs, "--reason", "x")[1]
    with tenancy.acme() as connection, pytest.raises(psycopg.Error, match="there is no execution"):
        connection.execute("SELECT script_tracking.resolve_execution(%s, 'x')", (bytes.fromhex(theirs),))
    with tenancy.acme() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM script_tracking.execution_resolution_s")

    assert dbtrack("resolve", mine[:8], "--cause", "--reason", "more space; password=hunter2") == (
        0,
        "dbtrack: resolved 2 failures\n",
    )
    assert dbtrack("errors", "--open")[0] == 0
    [row] = json.loads(dbtrack("errors", "--format", "json")[1])["rows"]
    assert (row["is_open"], row["resolved_by"]) == (False, tenancy.logins["acme"])
    assert "hunter2" not in row["resolved_reason"]
    # The same cause of another tenant is as it was.
    assert len(_open(database)) == 2
    assert dbtrack("resolve", mine[:8], "--undo")[0] == 0
    assert dbtrack("errors", "--open")[0] == 3
    # Nothing is removed from what was decided, and administrators see all of it.
    assert database.value("SELECT count(*) FROM script_tracking.execution_resolution_s") == 3
    told = json.loads(run_dbtrack("administration", "--format", "json", "-d", tenancy.conninfo).stdout)[
        "rows"
    ]
    resolved = [row["subject"] for row in told if row["script_name"] == "dbtrack resolve"]
    assert (len(resolved), resolved[0]) == (3, mine)
