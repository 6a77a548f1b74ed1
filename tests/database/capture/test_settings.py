"""What a login sets for its session distorts nothing that others rely on."""

from __future__ import annotations

import pytest
from psycopg import errors

from tests.support.recorded import Record
from tests.support.servers import Server
from tests.support.witness import Connection

pytestmark = pytest.mark.every_server

SETTINGS = [
    "plpgsql.extra_errors = 'all'",
    "plpgsql.extra_warnings = 'all'",
    "plpgsql.check_asserts = off",
    "standard_conforming_strings = off",
    "backslash_quote = off",
    "escape_string_warning = on",
    "quote_all_identifiers = on",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = 'sql_standard'",
    "search_path = pg_temp, hostile, pg_catalog",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_deferrable = on",
    "lock_timeout = '1ms'",
    "row_security = off",
    "jit = on; SET jit_above_cost = 0; SET jit_inline_above_cost = 0; SET jit_optimize_above_cost = 0",
    "array_nulls = off",
    "transform_null_equals = on",
    "exit_on_error = on",
    "plan_cache_mode = force_custom_plan",
    "enable_indexscan = off; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_sort = off",
    "work_mem = '64kB'",
    "check_function_bodies = off",
    "client_encoding = 'SQL_ASCII'",
    "xmloption = document; SET xmlbinary = hex",
    "default_tablespace = 'pg_default'; SET default_table_access_method = 'heap'",
    "constraint_exclusion = off; SET enable_partition_pruning = off",
    "application_name = E'it''s \"x\" {y}'",
]
NEWER_SETTINGS = {
    "debug_parallel_query = regress": 16,
    "restrict_nonsystem_relation_kind = 'view, foreign-table'": 17,
}
EXPECTED = [
    ("CREATE TABLE", ["own.t"], "CREATE TABLE own.t (id int)"),
    ("ALTER TABLE", ["own.t"], "ALTER TABLE own.t ADD code text DEFAULT 'a'"),
    ("COMMENT", ["own.t.code"], "COMMENT ON COLUMN own.t.code IS 'it is'"),
    ("GRANT", ["own.t"], "GRANT SELECT ON own.t TO PUBLIC"),
    ("DROP TABLE", ["own.t"], "DROP TABLE own.t"),
]


def run(session: Connection) -> None:
    for _tag, _objects, statement in EXPECTED:
        session.execute(statement.encode())


def assert_recorded(shared_record: Record, before: int, outsider: str) -> None:
    executions = shared_record.since(before)
    assert [(e.tag, e.objects, e.statement) for e in executions] == EXPECTED
    assert {(e.status, e.login) for e in executions} == {("COMPLETED", outsider)}
    assert shared_record.connection.execute("SELECT * FROM script_tracking.capture_failure").fetchall() == []


@pytest.mark.parametrize("setting", [*SETTINGS, *NEWER_SETTINGS])
def test_a_setting_distorts_nothing(
    shared_record: Record, server: Server, session: Connection, outsider: str, setting: str
) -> None:
    if server.major < NEWER_SETTINGS.get(setting, 0):
        pytest.skip(f"PostgreSQL {server.major} has no such setting")
    before = shared_record.mark()
    session.execute(f"SET {setting}".encode())
    run(session)
    assert_recorded(shared_record, before, outsider)


def test_objects_that_shadow_postgresql_capture_nothing(
    shared_record: Record, session: Connection, outsider: str
) -> None:
    for name in (
        "text",
        "jsonb",
        "name",
        "bytea",
        "inet",
        "bool",
        "int4",
        "int8",
        "timestamptz",
        "varchar",
        "record",
    ):
        session.execute(f"CREATE DOMAIN pg_temp.{name} AS pg_catalog.int4 CHECK (false)".encode())
    for name in (
        "setting",
        "capture_secret",
        "script_execution_s",
        "tenant_role_l",
        "pg_extension",
        "pg_depend",
    ):
        session.execute(f"CREATE TEMPORARY TABLE {name} (id pg_catalog.int4)".encode())
    before = shared_record.mark()
    for arguments, kind in (("text, text", "text"), ("text, boolean", "text"), ("int8, int8", "int8")):
        first, second = arguments.split(", ")
        function = f"hostile.f(pg_catalog.{first}, pg_catalog.{second.replace('boolean', 'bool')})"
        session.execute(
            f"CREATE FUNCTION {function} RETURNS pg_catalog.{kind} LANGUAGE plpgsql AS"
            " $$BEGIN RAISE 'captured'; END$$".encode()
        )
    session.execute(
        "CREATE FUNCTION hostile.clock_timestamp() RETURNS pg_catalog.timestamptz LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    session.execute(
        "CREATE OPERATOR hostile.|| (LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text, FUNCTION = hostile.f)"
    )
    session.execute(
        "CREATE OPERATOR hostile.- (LEFTARG = pg_catalog.int8, RIGHTARG = pg_catalog.int8, FUNCTION = hostile.f)"
    )
    session.execute("SET search_path = pg_temp, hostile, pg_catalog")
    assert len(shared_record.since(before)) == 6
    before = shared_record.mark()
    for _tag, _objects, statement in EXPECTED:
        typed = statement.replace(" int)", " pg_catalog.int4)").replace(" text ", " pg_catalog.text ")
        session.execute(typed.encode())
    assert [(e.tag, e.objects, e.login) for e in shared_record.since(before)] == [
        (tag, objects, outsider) for tag, objects, _statement in EXPECTED
    ]


def test_an_ordinary_login_cannot_switch_event_triggers_off(server: Server, session: Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege if server.major >= 17 else errors.UndefinedObject):
        session.execute("SET event_triggers = off")
    with pytest.raises(errors.InsufficientPrivilege):
        session.execute("SET session_replication_role = replica")
    with pytest.raises(errors.InsufficientPrivilege):
        session.execute("ALTER EVENT TRIGGER et_ddl_command_end DISABLE")
