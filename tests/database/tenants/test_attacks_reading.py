"""Attacks by a login of one tenant on the records of another. Each stands in docs/security.md with its outcome."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.proof.seal import seal
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import NAMES, Connection, Tenancy, seen, values

_OWN = ["secret of acme"]
_TABLES = (
    "script_execution_h",
    "script_execution_s",
    "script_execution_parent_l",
    "tenant_h",
    "tenant_s",
    "current_execution",
)


@pytest.fixture
def acme(shared_tenancy: Tenancy) -> Iterator[Connection]:
    """A login of acme's that may make objects in a schema of its own; what it did is rolled back."""
    login = shared_tenancy.logins["acme"]
    shared_tenancy.run(f"CREATE SCHEMA IF NOT EXISTS lair AUTHORIZATION {login}")
    shared_tenancy.run(
        f"DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {login}', current_database()); END $$"
    )
    with shared_tenancy.acme() as connection:
        connection.execute("SET client_min_messages = notice")
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")


def refused(connection: Connection, statement: str) -> str:
    """Return the message with which a statement is refused."""
    with pytest.raises(psycopg.Error) as caught, connection.transaction():
        connection.execute(statement.encode())
    message = str(caught.value)
    assert "secret of" not in message.replace("secret of acme", "")
    return message


@pytest.mark.parametrize("table", _TABLES)
def test_a_table_shows_only_its_own_rows(acme: Connection, table: str) -> None:
    rows = acme.execute(f"SELECT t::text FROM script_tracking.{table} AS t".encode()).fetchall()
    assert "globex" not in str(rows)
    assert "platform" not in str(rows)


@pytest.mark.parametrize(
    "statement",
    [
        "COPY script_tracking.script_execution_s TO STDOUT",
        "COPY (TABLE script_tracking.script_execution_s) TO STDOUT",
    ],
)
def test_copy_shows_only_its_own_rows(acme: Connection, statement: str) -> None:
    with acme.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        text = b"".join(bytes(part) for part in copy)
    assert b"globex" not in text
    assert b"platform" not in text


def test_tablesample_shows_only_its_own_rows(acme: Connection) -> None:
    sampled = "SELECT DISTINCT script_name FROM script_tracking.script_execution_s TABLESAMPLE SYSTEM (100)"
    assert values(acme, sampled) == _OWN


def test_a_partition_cannot_be_read_by_its_name(acme: Connection, shared_tenancy: Tenancy) -> None:
    partitions = values(
        shared_tenancy.superuser,
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'script_tracking.script_execution_s'::regclass",
    )
    assert len(partitions) > 1
    for partition in partitions:
        assert "permission denied" in refused(acme, f"SELECT * FROM {partition}")


@pytest.mark.parametrize(
    "table", ["seal_leaf", "rollup_total", "open_execution", "capture_failure", "tenant_key"]
)
def test_who_may_read_all_tables_reads_nothing_about_all_tenants(
    shared_tenancy: Tenancy, role: RoleFactory, table: str
) -> None:
    seal(Database.wrap(shared_tenancy.superuser))
    shared_tenancy.run(
        "INSERT INTO script_tracking.capture_failure VALUES (-1, now(), '', '', '', '') ON CONFLICT DO NOTHING"
    )
    shared_tenancy.run("SELECT script_tracking.advance_rollups()")
    count = f"SELECT count(*) > 0 FROM script_tracking.{table}"
    with shared_tenancy.connect(role("curious", member_of=("pg_read_all_data",))) as curious:
        assert values(curious, count) == [False]
    if table != "rollup_total":
        assert values(shared_tenancy.superuser, count) == [True]


def test_who_may_read_all_tables_is_shown_the_counts_of_its_tenants(tenancy: Tenancy) -> None:
    tenancy.run(f"GRANT pg_read_all_data TO {tenancy.logins['acme']}")
    for tenant in ("acme", "globex", "globex"):
        with tenancy.connect(tenancy.logins[tenant]) as login:
            login.execute(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation('done'))"
            )
    # The second fills the rollups of what the first laid out.
    for _ in range(2):
        tenancy.run("SELECT script_tracking.advance_rollups()")
    assert values(tenancy.superuser, "SELECT count(*) > 0 FROM script_tracking.rollup_total") == [True]
    counted = (
        "SELECT sum(completed)::int FROM script_tracking.tally_executions(NULL, now() - interval '1 day')"
        " WHERE script_type = 'MANUAL'"
    )
    assert values(tenancy.superuser, counted) == [3]
    with tenancy.acme() as acme:
        assert values(acme, counted) == [1]


def test_row_security_cannot_be_switched_off(acme: Connection) -> None:
    acme.execute("SET LOCAL row_security = off")
    assert "row-level security" in refused(acme, NAMES)


@pytest.mark.parametrize("role", ["dbtrack_owner", "dbtrack_admin", "postgres", "pg_read_all_data"])
def test_no_other_role_can_be_taken(acme: Connection, role: str) -> None:
    assert "permission denied" in refused(acme, f"SET ROLE {role}")
    assert "permission denied" in refused(acme, f"SET SESSION AUTHORIZATION {role}")


def test_the_role_of_a_group_shows_no_more(acme: Connection) -> None:
    acme.execute("SET LOCAL ROLE dbtrack_operator")
    assert seen(acme) == _OWN


def test_a_function_of_the_users_own_reads_with_the_callers_tenants(
    acme: Connection, shared_tenancy: Tenancy
) -> None:
    acme.execute(
        "CREATE FUNCTION lair.names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT script_name::text FROM script_tracking.script_execution_s'"
    )
    assert [name for name in values(acme, "SELECT lair.names()") if "secret" in name] == _OWN


def test_a_definer_function_of_an_administrators_gives_away_what_its_owner_sees(
    tenancy: Tenancy, role: RoleFactory
) -> None:
    # Known and documented: whose rights a function has is for its owner to say, and who may call it.
    boss = role("boss", member_of=("dbtrack_admin",))
    tenancy.run(f"CREATE SCHEMA office AUTHORIZATION {boss}")
    tenancy.run(f"GRANT USAGE ON SCHEMA office TO {tenancy.logins['acme']}")
    body = (
        "LANGUAGE sql SECURITY DEFINER AS 'SELECT script_name::text FROM script_tracking.script_execution_s'"
    )
    with tenancy.connect(boss) as admin:
        admin.execute(f"CREATE FUNCTION office.names() RETURNS SETOF text {body}".encode())
    with tenancy.acme() as acme:
        assert "secret of globex" in values(acme, "SELECT office.names()")


def test_a_view_of_a_tenants_shows_each_reader_its_own(tenancy: Tenancy) -> None:
    acme, globex = tenancy.logins.values()
    tenancy.run(f"CREATE SCHEMA lair AUTHORIZATION {acme}; GRANT USAGE ON SCHEMA lair TO {globex}")
    with tenancy.connect(acme) as owner:
        owner.execute(
            "CREATE VIEW lair.names AS SELECT script_name::text FROM script_tracking.script_execution_s"
            " WHERE script_type = 'MANUAL'"
        )
        owner.execute(f"GRANT SELECT ON lair.names TO {globex}".encode())
        assert values(owner, "TABLE lair.names") == _OWN
    with tenancy.connect(globex) as reader:
        # The policy asks for the login, not for the view's owner: a view is not a way out, nor in.
        assert values(reader, "TABLE lair.names") == ["secret of globex"]


@pytest.mark.parametrize(
    "condition",
    [
        "lair.leak(script_name)",
        "script_name OPERATOR(lair.%%) 'x'",
        "lair.leak(script_name) OR script_name LIKE 'x'",
    ],
)
def test_a_cheap_function_in_a_condition_is_shown_no_foreign_row(acme: Connection, condition: str) -> None:
    acme.execute("CREATE TABLE lair.loot (name text)")
    acme.execute(
        "CREATE FUNCTION lair.leak(text, text DEFAULT '') RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
        " $$ BEGIN INSERT INTO lair.loot VALUES ($1); RETURN true; END $$"
    )
    acme.execute("CREATE OPERATOR lair.%% (FUNCTION = lair.leak, LEFTARG = text, RIGHTARG = text)")
    for table in ("script_execution_s", "current_execution"):
        acme.execute(
            f"SELECT count(*) FROM script_tracking.{table} WHERE {condition} AND script_type = 'MANUAL'".encode()
        )
    loot = values(acme, "SELECT DISTINCT name FROM lair.loot WHERE name LIKE '%secret%'")
    assert loot == _OWN


def test_leakproof_is_for_superusers(acme: Connection) -> None:
    acme.execute("CREATE FUNCTION lair.f(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'")
    assert "superuser" in refused(acme, "ALTER FUNCTION lair.f(text) LEAKPROOF")


@pytest.mark.parametrize(
    "expression",
    [
        "1 / (length(script_name) - length('secret of globex'))",
        "CASE WHEN script_name LIKE '%%globex%%' THEN script_name::int END",
        "(script_name || '')::inet",
        "sqrt(-length(script_name) * (script_name LIKE '%%globex%%')::int)",
    ],
)
def test_an_error_is_raised_by_no_foreign_row(acme: Connection, expression: str) -> None:
    own = "CASE WHEN script_name LIKE '%%acme%%' THEN NULL ELSE 1 END"
    query = (
        f"SELECT CASE WHEN {own} IS NULL THEN NULL ELSE ({expression})::text END"
        " FROM script_tracking.script_execution_s WHERE script_type = 'MANUAL'"
    )
    assert values(acme, query.replace("%%", "%")) == [None]
    division = "1 / CASE WHEN script_name LIKE '%globex%' THEN 0 ELSE 1 END > 0"
    assert values(acme, f"SELECT 1 FROM script_tracking.script_execution_s WHERE {division} LIMIT 1") == [1]


def test_no_key_that_is_there_already_tells_of_a_tenant(acme: Connection) -> None:
    # A unique violation would: but only administrators add tenants.
    assert "permission denied" in refused(acme, "SELECT script_tracking.add_tenant('globex')")
    assert refused(acme, "SELECT script_tracking.resolve_tenant('globex')").startswith(
        'there is no tenant "globex"'
    )
    assert refused(acme, "SELECT script_tracking.resolve_tenant('nobody')").startswith(
        'there is no tenant "nobody"'
    )


# What every login may read whole; it has nothing of a tenant's.
FOR_EVERYBODY = {"counter_state", "installation", "rollup_state", "schema_migration", "setting"}


@pytest.mark.parametrize("catalog", ["pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"])
def test_statistics_show_no_foreign_value(acme: Connection, shared_tenancy: Tenancy, catalog: str) -> None:
    shared_tenancy.run("ANALYZE")
    shown = values(acme, f"SELECT DISTINCT tablename FROM {catalog} WHERE schemaname = 'script_tracking'")
    assert set(shown) <= FOR_EVERYBODY
    assert "permission denied" in refused(acme, "SELECT * FROM pg_statistic")


def test_explain_tells_how_many_rows_there_are_and_not_what_is_in_them(
    acme: Connection, shared_tenancy: Tenancy
) -> None:
    # Known and documented: estimates and the rows that the policy removed tell volumes.
    shared_tenancy.run("ANALYZE script_tracking.script_execution_s")
    plan = "\n".join(
        values(acme, "EXPLAIN (ANALYZE, COSTS) SELECT * FROM script_tracking.script_execution_s")
    )
    assert "globex" not in plan
    assert "Rows Removed by Filter" in plan
    assert sum(values(acme, "SELECT reltuples FROM pg_class WHERE relname LIKE 'script_execution_s_2%'")) != 0


def test_a_prepared_plan_follows_the_grants(tenancy: Tenancy) -> None:
    with tenancy.acme() as acme:
        acme.execute(f"PREPARE names AS {NAMES}".encode())
        acme.execute("SET plan_cache_mode = force_generic_plan")
        for _ in range(7):
            assert values(acme, "EXECUTE names") == _OWN
        acme.execute("SET ROLE dbtrack_operator")
        assert values(acme, "EXECUTE names") == _OWN
        acme.execute("RESET ROLE")
        tenancy.superuser.execute(
            "SELECT script_tracking.revoke_tenant(%s, 'acme')", (tenancy.logins["acme"],)
        )
        assert values(acme, "EXECUTE names") == []


def test_a_plan_made_by_a_superuser_does_not_serve_whom_it_becomes(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    with psycopg.connect(tenancy.conninfo, autocommit=True) as connection:
        connection.execute(f"PREPARE names AS {NAMES}".encode())
        assert "secret of globex" in values(connection, "EXECUTE names")
        connection.execute(f"SET SESSION AUTHORIZATION {login}".encode())
        assert values(connection, "EXECUTE names") == _OWN


def test_a_role_that_a_superuser_takes_is_not_a_login(tenancy: Tenancy) -> None:
    # SET ROLE leaves session_user: the policies of the role hold, with the tenants of the superuser: all of them.
    with psycopg.connect(tenancy.conninfo, autocommit=True) as connection:
        connection.execute("SET ROLE dbtrack_operator")
        assert "secret of globex" in seen(connection)


def test_a_parallel_plan_shows_only_its_own_rows(acme: Connection, shared_tenancy: Tenancy) -> None:
    major = shared_tenancy.superuser.info.server_version // 10000
    name = "debug_parallel_query" if major >= 16 else "force_parallel_mode"
    acme.execute(f"SET LOCAL {name} = on".encode())
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        acme.execute(f"SET LOCAL {setting} = 0".encode())
    for setting in ("enable_indexscan", "enable_bitmapscan"):
        acme.execute(f"SET LOCAL {setting} = off".encode())
    statement = (
        "SELECT DISTINCT script_name FROM script_tracking.script_execution_s WHERE script_type = 'MANUAL'"
    )
    assert values(acme, statement) == _OWN
    assert "Gather" in "\n".join(values(acme, f"EXPLAIN {statement}"))


def test_a_held_cursor_shows_what_was_its_own(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.acme() as acme:
        acme.execute(f"DECLARE held CURSOR WITH HOLD FOR {NAMES}".encode())
        assert values(acme, "FETCH ALL FROM held") == _OWN


def test_nothing_is_notified(acme: Connection, shared_tenancy: Tenancy) -> None:
    with shared_tenancy.acme() as listener:
        for channel in ("dbtrack", "script_tracking", "script_execution_s"):
            listener.execute(f"LISTEN {channel}".encode())
        shared_tenancy.run("CREATE TABLE public.noise (); DROP TABLE public.noise")
        assert list(listener.notifies(timeout=0.2)) == []
