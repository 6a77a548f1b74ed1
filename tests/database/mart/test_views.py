"""What the views of the mart show, to whom, and that their columns only ever become more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.mart import assert_only_widened
from tests.support.paths import DOCS
from tests.support.servers import Sandbox
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

Connection = psycopg.Connection[tuple[Any, ...]]
_VIEWS = "SELECT relname FROM pg_class WHERE relnamespace = 'dbtrack_mart'::regnamespace AND relkind = 'v' ORDER BY 1"


@pytest.fixture(scope="module")
def recorded(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    """A database with a migration that failed and then worked, grants and a drop."""
    grantee = _module_sandbox.role("grantee")
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        for statement in (
            (
                "SELECT set_config('dbtrack.execution', encode(script_tracking.track_operation("
                "'V42', 'MIGRATION', metadata => '{\"ticket\": \"OPS-4711\", \"privileges\": 5}'), 'hex'), false)"
            ),
            "CREATE TABLE orders (id int PRIMARY KEY, amount int)",
            "SELECT script_tracking.complete_operation(decode(current_setting('dbtrack.execution'), 'hex'), false, 'no')",
            "SELECT set_config('dbtrack.execution', '', false)",
            "SELECT script_tracking.complete_operation(script_tracking.track_operation('V42', 'MIGRATION'))",
            f"GRANT SELECT, UPDATE ON orders TO {grantee} WITH GRANT OPTION",
            f"REVOKE UPDATE ON orders FROM {grantee}",
            f"GRANT SELECT (id) ON orders TO {grantee}",
            "CREATE TABLE gone (id int)",
            f"GRANT SELECT ON gone TO {grantee}",
            "DROP TABLE gone",
            # Nobody can make up a privilege: these keys are not from capture.
            (
                "SELECT script_tracking.track_operation('forged', metadata => "
                '\'{"privileges": [{"grantee": "eve", "object": "public.orders", "gained": ["SELECT"]}]}\')'
            ),
            (
                "SELECT script_tracking.track_operation('odd', metadata => "
                '\'{"exit_code": "x", "object_types": 7, "privileges": [{"gained": 1}], "object_count": -1}\')'
            ),
        ):
            connection.execute(statement.encode())
        database = Database.wrap(connection)
        database.execute(f"SET dbtrack_test.grantee = '{grantee}'")
        yield database


def test_columns_are_only_ever_added(recorded: Database) -> None:
    assert_only_widened(recorded)


def test_every_view_can_be_read_by_any_tool(recorded: Database) -> None:
    odd = recorded.rows(
        "SELECT c.relname, a.attname, a.atttypid::regtype::text FROM pg_class AS c"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = 'dbtrack_mart'::regnamespace AND (col_description(c.oid, a.attnum) IS NULL"
        " OR obj_description(c.oid, 'pg_class') IS NULL OR c.relowner <> 'dbtrack_owner'::regrole"
        " OR c.reloptions IS DISTINCT FROM '{security_invoker=true,security_barrier=true}'"
        " OR a.atttypid::regtype::text NOT IN ('text', 'integer', 'bigint', 'numeric', 'boolean', 'timestamp with time zone'))"
    )
    assert odd == []
    for (view,) in recorded.rows(_VIEWS):
        recorded.rows(f"SELECT * FROM dbtrack_mart.{view}")


def test_a_row_is_an_execution_with_what_the_record_says(recorded: Database) -> None:
    rows = recorded.rows(
        "SELECT script_name, execution_status, ticket, parent_key IS NOT NULL, duration_ms >= 0, ended_at >= started_at,"
        " execution_key = encode(script_tracking.get_execution_key(execution_key), 'hex')"
        " FROM dbtrack_mart.executions WHERE command_tag = 'CREATE TABLE' OR script_type = 'MIGRATION' ORDER BY version_number"
    )
    assert rows == [
        ("CREATE TABLE", "COMPLETED", None, True, True, True, True),
        ("V42", "FAILED", "OPS-4711", False, True, True, True),
        ("V42", "COMPLETED", None, False, True, True, True),
        ("CREATE TABLE", "COMPLETED", None, False, True, True, True),
    ]
    assert recorded.rows(
        "SELECT attempt, execution_status, change_count, completed_at IS NOT NULL FROM dbtrack_mart.migrations ORDER BY 1"
    ) == [(1, "FAILED", 1, True), (2, "COMPLETED", 0, True)]
    assert recorded.rows(
        "SELECT object_identity, object_type, command_tag FROM dbtrack_mart.execution_objects"
        " WHERE object_identity ~ '^public.(orders|orders_pkey)$' ORDER BY version_number, ordinal LIMIT 2"
    ) == [("public.orders", "table", "CREATE TABLE"), ("public.orders_pkey", "index", "CREATE TABLE")]
    assert recorded.value(
        "SELECT count(*) FROM dbtrack_mart.executions AS e JOIN dbtrack_mart.execution_keys AS k USING (execution_key)"
        " WHERE starts_with(k.execution_bk, e.script_name)"
    ) == recorded.value("SELECT count(*) FROM script_tracking.script_execution_h")


def test_access_review_is_what_was_given_and_not_taken(recorded: Database) -> None:
    grantee = recorded.value("SELECT current_setting('dbtrack_test.grantee')")
    assert recorded.rows(
        "SELECT grantee, privilege, object_identity, column_name, is_grantable FROM dbtrack_mart.access_review ORDER BY 4"
    ) == [(grantee, "SELECT", "public.orders", "id", False), (grantee, "SELECT", "public.orders", None, True)]
    assert recorded.rows(
        "SELECT effect, privilege, object_identity FROM dbtrack_mart.privilege_changes"
        " WHERE command_tag = 'REVOKE' ORDER BY ordinal"
    ) == [("GRANT OPTION LOST", "UPDATE", "public.orders"), ("LOST", "UPDATE", "public.orders")]


def test_as_of_shows_what_was_known_then(recorded: Database) -> None:
    moments = recorded.rows(
        "SELECT valid_from, valid_to FROM dbtrack_mart.execution_history"
        " WHERE script_name = 'V42' AND execution_status = 'RUNNING' ORDER BY version_number LIMIT 1"
    )
    start, end = moments[0]
    then = "SELECT execution_status FROM dbtrack_mart.executions_as_of({}) WHERE script_name = 'V42'"
    assert recorded.rows(then.format(f"'{start}'")) == [("RUNNING",)]
    assert recorded.rows(then.format(f"'{end}'")) == [("FAILED",)]
    # Both say the same of now, of each column.
    assert (
        recorded.rows(
            "SELECT * FROM dbtrack_mart.executions_as_of(now()) EXCEPT ALL SELECT * FROM dbtrack_mart.executions"
        )
        == []
    )
    assert recorded.rows(then.format(f"'{start}'::timestamptz - '1 microsecond'::interval")) == []


def test_a_range_of_load_date_reads_only_its_months(recorded: Database) -> None:
    far = "SELECT count(*) FROM dbtrack_mart.executions WHERE load_date >= '2199-01-01'"
    plan = json.dumps(recorded.value(f"EXPLAIN (FORMAT json) {far}"))
    assert set(re.findall(r'"Relation Name": "(script_execution_s\w+)"', plan)) == {
        "script_execution_s_default"
    }


def test_the_dictionary_explains_the_keys_that_are_documented(recorded: Database) -> None:
    names = {row[0] for row in recorded.rows("SELECT key_name FROM dbtrack_mart.metadata_dictionary")}
    section = (DOCS / "model.md").read_text(encoding="utf-8").partition("## The keys of metadata")[2]
    first_cells = re.findall(r"^\| (?:in `\w+`: )?([^|]*`[^|]*) \|", section, re.MULTILINE)
    assert names == {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert recorded.rows(
        "SELECT is_protected, inside FROM dbtrack_mart.metadata_dictionary WHERE key_name IN ('command_tag', 'gained')"
    ) == [(True, None), (False, "privileges")]
    unexplained = recorded.rows(
        "SELECT DISTINCT k FROM dbtrack_mart.executions, LATERAL jsonb_object_keys(metadata::jsonb) AS k"
        " WHERE k NOT IN (SELECT key_name FROM dbtrack_mart.metadata_dictionary)"
    )
    assert unexplained == []


def test_each_tenant_reads_its_own_and_others_nothing(tenancy: Tenancy, role: RoleFactory) -> None:
    tenancy.run("CREATE TABLE orders (id int)")
    tenancy.run(f"GRANT SELECT ON orders TO {tenancy.logins['acme']}")
    views = [str(row[0]) for row in tenancy.superuser.execute(_VIEWS.encode())]
    with tenancy.acme() as acme:
        for view in set(views) - {
            "metadata_dictionary",
            "execution_links",
            "privilege_changes",
            "access_review",
            "migrations",
        }:
            assert acme.execute(f"SELECT DISTINCT tenant FROM dbtrack_mart.{view}".encode()).fetchall() in (
                [("acme",)],
                [],
            ), view
        assert acme.execute("SELECT count(*) FROM dbtrack_mart.executions").fetchone() == (1,)
        assert acme.execute("SELECT count(*) FROM dbtrack_mart.privilege_changes").fetchone() == (0,)
        assert acme.execute("SELECT count(*) FROM dbtrack_mart.executions_as_of(now())").fetchone() == (1,)
    with tenancy.connect(role("reader", member_of=("dbtrack_reader",))) as reader:
        for view in views:
            reader.execute(f"SELECT * FROM dbtrack_mart.{view}".encode())
        assert reader.execute("SELECT count(*) FROM dbtrack_mart.executions").fetchone() == (0,)
    with tenancy.connect(role("stranger")) as stranger, pytest.raises(psycopg.errors.InsufficientPrivilege):
        stranger.execute("SELECT * FROM dbtrack_mart.metadata_dictionary")
