"""Attacks on what dbtrack writes and runs: shadowing, objects put on its tables, its functions called from DDL."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack.tenants.tenant_proof import tenant_hash_key
from tests.support.tenancy import Tenancy, seen, values

_TABLES = ("script_execution_s", "tenant_role_l", "tenant_key", "access_log", "setting")


@pytest.mark.parametrize("table", _TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER x BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION lair.x()",
        "CREATE RULE x AS ON INSERT TO {} DO ALSO NOTHING",
        "CREATE POLICY x ON {} USING (true)",
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE {} OWNER TO CURRENT_USER",
        "CREATE TABLE lair.child () INHERITS ({})",
        "CREATE INDEX ON {} ((1))",
        "CREATE STATISTICS lair.s ON ctid, xmin FROM {}",
        "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_nothing_is_put_on_our_tables(shared_tenancy: Tenancy, table: str, statement: str) -> None:
    login = shared_tenancy.logins["acme"]
    shared_tenancy.run(f"CREATE SCHEMA IF NOT EXISTS lair AUTHORIZATION {login}")
    with shared_tenancy.acme() as acme:
        acme.execute(
            "CREATE OR REPLACE FUNCTION lair.x() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        with pytest.raises(psycopg.Error) as caught, acme.transaction():
            acme.execute(statement.format(f"script_tracking.{table}").encode())
        assert caught.value.sqlstate in {"42501", "42P16", "0A000", "42809"}


def test_a_right_to_read_cannot_be_handed_on(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.acme() as acme:
        # Only a warning, since it has the right itself.
        acme.execute("GRANT SELECT ON script_tracking.script_execution_s TO PUBLIC")
        allowed = "has_table_privilege('public', 'script_tracking.script_execution_s', 'SELECT')"
        assert values(acme, f"SELECT {allowed}") == [False]


_SHADOWS = (
    "CREATE DOMAIN {}.text AS pg_catalog.text CHECK (lair.spy(VALUE))",
    "CREATE DOMAIN {}.bytea AS pg_catalog.bytea",
    "CREATE FUNCTION {}.sha256(pg_catalog.bytea) RETURNS pg_catalog.bytea LANGUAGE sql AS 'SELECT NULL::pg_catalog.bytea'",
    "CREATE FUNCTION {}.session_user() RETURNS pg_catalog.name LANGUAGE sql AS $$SELECT 'postgres'::pg_catalog.name$$",
    "CREATE FUNCTION {}.pg_has_role(name, oid, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE OPERATOR {}.= (FUNCTION = lair.equal, LEFTARG = pg_catalog.bytea, RIGHTARG = pg_catalog.bytea)",
)


@pytest.mark.parametrize("schema", ["lair", "pg_temp"])
def test_no_name_of_ours_is_taken_for_the_sessions(tenancy: Tenancy, schema: str) -> None:
    login = tenancy.logins["acme"]
    tenancy.run(f"CREATE SCHEMA lair AUTHORIZATION {login}")
    with tenancy.acme() as acme:
        acme.execute("CREATE TABLE lair.loot (who pg_catalog.text)")
        acme.execute(
            "CREATE FUNCTION lair.spy(pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE sql"
            " AS 'INSERT INTO lair.loot VALUES (current_user) RETURNING true'"
        )
        acme.execute(
            "CREATE FUNCTION lair.equal(pg_catalog.bytea, pg_catalog.bytea) RETURNS pg_catalog.bool"
            " LANGUAGE sql AS 'SELECT true'"
        )
        for shadow in _SHADOWS:
            acme.execute(shadow.format(schema).encode())
        acme.execute(f"SET search_path = {schema}, lair, script_tracking, pg_catalog".encode())
        assert values(
            acme,
            "SELECT script_name FROM script_tracking.get_execution_history(7) WHERE script_type = 'MANUAL'",
        ) == ["secret of acme"]
        assert seen(acme) == ["secret of acme"]
        acme.execute("SELECT script_tracking.track_operation('mine'::pg_catalog.varchar)")
        assert set(values(acme, "SELECT who FROM lair.loot")) <= {login}
    assert values(tenancy.superuser, "SELECT 1 FROM lair.loot WHERE who = 'dbtrack_owner'") == []


def test_a_temporary_table_of_our_name_changes_nothing(tenancy: Tenancy) -> None:
    with tenancy.acme() as acme:
        for table in ("tenant_role_l", "tenant_h", "script_execution_s", "tenant_key", "setting"):
            acme.execute(
                f"CREATE TEMP TABLE {table} (tenant_hk bytea, role_name name, script_name text,"
                " setting_name text, setting_value text)".encode()
            )
        acme.execute("INSERT INTO tenant_role_l VALUES (sha256('globex'), session_user)")
        acme.execute("SET search_path = pg_temp, script_tracking")
        assert seen(acme) == ["secret of acme"]
        assert values(acme, "SELECT cardinality(script_tracking.caller_tenants())") == [1]


@pytest.mark.parametrize(
    "call",
    [
        "insert_execution('x', 'DDL_AUTO', 'COMPLETED', now(), 1, NULL, '{}', NULL, NULL, '{}', 'event_trigger')",
        "capture_write('x', now(), 1, 0, NULL, '{}', 'x', '{}', NULL)",
        "add_tenant_version(sha256('globex'), 'mine', true, 'x')",
        "own_tenant()",
        "writing_tenant(sha256('globex'))",
    ],
)
def test_no_writer_is_called_from_a_ddl(shared_tenancy: Tenancy, call: str) -> None:
    login = shared_tenancy.logins["acme"]
    shared_tenancy.run(f"CREATE SCHEMA IF NOT EXISTS lair AUTHORIZATION {login}")
    with shared_tenancy.acme() as acme, pytest.raises(psycopg.errors.InsufficientPrivilege):
        acme.execute(f"CREATE TABLE lair.x AS SELECT script_tracking.{call} AS y".encode())


def test_who_a_record_names_is_not_the_sessions_to_say(tenancy: Tenancy) -> None:
    with tenancy.acme() as acme:
        acme.execute("SET ROLE dbtrack_operator")
        acme.execute(
            'SELECT script_tracking.track_operation(\'x\', metadata => \'{"role": "postgres", "backend_pid": 1}\')'
        )
        acme.execute("SELECT script_tracking.record_access('dashboard', 'globex')")
    row = tenancy.superuser.execute(
        "SELECT db_session_user, metadata ->> 'role', (metadata ->> 'backend_pid')::int <> 1, tenant_bk"
        " FROM script_tracking.current_execution WHERE script_name = 'x'"
    ).fetchone()
    assert row == (tenancy.logins["acme"], "dbtrack_operator", True, "acme")
    noted = tenancy.superuser.execute(
        "SELECT db_session_user, accessed_tenant, is_granted FROM script_tracking.access_log"
    ).fetchall()
    assert noted == [(tenancy.logins["acme"], "globex", False)]


def test_what_may_not_be_recorded_tells_of_no_tenant(shared_tenancy: Tenancy) -> None:
    """A tenant's hash key follows from its name, so that names could be tried."""
    messages = set()
    with shared_tenancy.acme() as acme:
        for tenant in ("globex", "nobody"):
            with pytest.raises(psycopg.DatabaseError) as refused:
                acme.execute(
                    "SELECT script_tracking.track_operation('x', 'MANUAL', %s)", (tenant_hash_key(tenant),)
                )
            messages.add((refused.value.sqlstate, str(refused.value)))
    assert len(messages) == 1
