"""Describing a DDL may fail part by part; recording that it happened may not."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from dbtrack import schema
from dbtrack.db import Database
from tests.support.label_provider import server_headers
from tests.support.recorded import Record
from tests.support.required import missing
from tests.support.servers import Server

# Lets current_query() return something that is not text, as pglogical does after an error that was caught.
_SPOILS = """
#include "postgres.h"
#include "fmgr.h"
#include "tcop/tcopprot.h"
PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(spoil);
Datum spoil(PG_FUNCTION_ARGS) { debug_query_string = "CREATE \\xff\\xfe"; PG_RETURN_INT32(1); }
"""

DESCRIBING = [
    "bounded_statement(text, boolean, text, integer)",
    "captured_client_statement(text, text[], text[], boolean)",
    "captured_drop(text)",
    "captured_inner_statement(text, text, text[], text[], boolean)",
    "captured_many_objects(text, jsonb, boolean)",
    "captured_objects(text, text[], text[], text[], jsonb, boolean, boolean)",
    "captured_privileges(text, integer)",
    "captured_statement(text, text, text[], text[], boolean)",
    "captured_tenant(text[])",
    "carries_secret(text)",
    "changed_privileges(text, jsonb)",
    "client_excerpt(boolean, text, integer)",
    "context_statement(text)",
    "find_statement(text, integer, bytea, text)",
    "grant_candidates(text, name[], oid[])",
    "grant_names(text)",
    "is_one_statement(text)",
    "is_statement_of(text, text)",
    "keep_window(bigint, text, text)",
    "piece_end(bytea, integer, integer)",
    "redact_message(text)",
    "redact_statement(text, text, integer)",
    "statement_end(bytea, integer, boolean)",
    "statement_names(text, text, text[], text[])",
    "string_carries_secret(text)",
    "string_digest(text)",
    "string_pieces(text)",
]
WORK = [
    ("CREATE TABLE", ["public.t"], "CREATE TABLE t (id serial PRIMARY KEY, password text DEFAULT 'a')"),
    ("COMMENT", ["public.t"], "COMMENT ON TABLE t IS 'a'; COMMENT ON COLUMN t.id IS 'b'"),
    ("CREATE VIEW", ["public.v"], "DO $$BEGIN EXECUTE 'CREATE VIEW v AS SELECT 1 AS a; SELECT 1'; END$$"),
    ("GRANT", [], "GRANT SELECT ON t TO PUBLIC"),
    ("CREATE SCHEMA", ['"Odd"'], 'CREATE SCHEMA "Odd"'),
    ("DROP SCHEMA", ['"Odd"'], 'DROP SCHEMA "Odd" CASCADE'),
    ("DROP TABLE", ["public.t"], "DROP TABLE t CASCADE"),
]


@pytest.fixture
def broken(installed_conninfo: str) -> Iterator[Record]:
    """A database of which the test breaks a part."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.add_tenant('acme')")
        yield Record(connection)


@pytest.mark.parametrize("function", DESCRIBING)
def test_ddl_is_recorded_whichever_part_of_its_description_fails(broken: Record, function: str) -> None:
    connection = broken.connection
    connection.execute(
        "ALTER EVENT TRIGGER et_ddl_command_end DISABLE; ALTER EVENT TRIGGER et_sql_drop DISABLE"
    )
    connection.execute(
        f"DO $do$BEGIN EXECUTE regexp_replace(pg_get_functiondef('script_tracking.{function}'::regprocedure),"
        " '[$]function[$].*[$]function[$]', '$function$BEGIN RAISE EXCEPTION $q$broken$q$; END$function$');"
        " END$do$".encode()
    )
    connection.execute(
        "ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS; ALTER EVENT TRIGGER et_sql_drop ENABLE ALWAYS"
    )
    for tag, objects, statement in WORK:
        before = broken.mark()
        connection.execute(statement.encode())
        recorded = broken.since(before)
        assert tag in [execution.tag for execution in recorded], statement
        assert set(objects) <= {name for execution in recorded for name in execution.objects or []}, statement
    assert connection.execute("SELECT * FROM script_tracking.capture_failure").fetchall() == []


def test_a_drop_that_cannot_be_described_is_recorded(broken: Record) -> None:
    """What sql_drop handed over cannot be read at the command's end."""
    broken.connection.execute("CREATE TABLE untold ()")
    broken.connection.execute(
        "CREATE OR REPLACE FUNCTION script_tracking.capture_digest(p_payload text) RETURNS text LANGUAGE plpgsql AS"
        " $$BEGIN IF current_setting('dbtrack.ddl_dropped0', true) <> '' OR p_payload LIKE '[[%' AND"
        " current_setting('broken.seen', true) <> '' THEN RAISE division_by_zero; END IF;"
        " PERFORM set_config('broken.seen', 'x', false); RETURN repeat('0', 64); END$$"
    )
    [execution] = broken.of("DROP TABLE untold")
    assert (execution.tag, execution.statement) == ("DROP TABLE", "DROP TABLE untold")
    assert execution.metadata["not_described"] == {"dropped": "22012"}


def test_settings_that_cannot_be_read_hide_nothing_and_store_no_statement(broken: Record) -> None:
    broken.connection.execute(
        "ALTER TABLE script_tracking.capture_setting RENAME COLUMN redaction TO renamed"
    )
    [execution] = broken.of("CREATE TABLE t (token text DEFAULT 's3cr3t')")
    assert execution.objects == ["public.t"]
    assert execution.metadata["not_described"] == {"settings": "42703"}
    assert "s3cr3t" not in execution.statement
    assert "but not all of it" in broken.warnings[-1]


def test_what_was_recorded_in_part_is_counted_with_an_example_and_a_query_that_lists_it(
    broken: Record,
) -> None:
    health = (
        "SELECT current_status, details FROM script_tracking.get_system_health()"
        " WHERE health_metric = 'partial_records'"
    )
    connection = broken.connection
    assert connection.execute(health).fetchone() == ("OK", "0 DDL commands were recorded in part")
    connection.execute("ALTER TABLE script_tracking.capture_setting RENAME COLUMN redaction TO renamed")
    connection.execute("CREATE TABLE partly ()")
    connection.execute("ALTER TABLE script_tracking.capture_setting RENAME COLUMN renamed TO redaction")
    [(key,)] = connection.execute(
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution"
        " WHERE affected_objects = '{public.partly}'"
    ).fetchall()
    # The first of them is the ALTER TABLE that broke it.
    said = (
        "2 DDL commands were recorded in part; the latest, among the last 1,000 executions, is a CREATE TABLE without its settings: "
        f"dbtrack show {key[:12]}; dbtrack doctor shows how to list them"
    )
    assert connection.execute(health).fetchone() == ("WARNING", said)
    [finding] = [
        each for each in schema.diagnose(Database.wrap(connection)) if "recorded in part" in each.message
    ]
    assert finding.remedy_sql
    query, reset = finding.remedy_sql.split(";\n-- after you have read them: ")
    listed = [row[0] for row in connection.execute(query.encode())]
    assert (len(listed), key in listed) == (2, True)
    connection.execute(reset.encode())
    assert connection.execute(health).fetchone() == ("OK", "0 DDL commands were recorded in part")


COUNTER = "script_tracking.capture_partial_seq"
UNREADABLE = "ALTER TABLE script_tracking.capture_setting RENAME COLUMN redaction TO renamed"


def test_ddl_recorded_in_part_survives_a_counter_that_is_missing(broken: Record) -> None:
    connection = broken.connection
    connection.execute("CREATE TABLE dropped (); CREATE VIEW above AS SELECT 1 FROM dropped")
    connection.execute(UNREADABLE.encode())
    connection.execute(f"ALTER SEQUENCE {COUNTER} RENAME TO renamed_seq".encode())
    [execution] = broken.of("CREATE TABLE kept ()")
    assert (execution.objects, "not_described" in execution.metadata) == (["public.kept"], True)
    connection.execute("DROP FUNCTION script_tracking.captured_drop(text)")
    [execution] = broken.of("DROP TABLE dropped CASCADE")
    assert execution.objects == ["public.dropped"]
    assert any("but not all that it dropped" in warning for warning in broken.warnings)
    assert connection.execute("SELECT * FROM script_tracking.capture_failure").fetchall() == []


def test_ddl_recorded_in_part_survives_a_counter_that_is_locked(broken: Record) -> None:
    """An administrator resets the counter in a transaction that stays open."""
    connection = broken.connection
    connection.execute("ALTER FUNCTION script_tracking.event_trigger_ddl_end() SET lock_timeout = '100ms'")
    connection.execute(UNREADABLE.encode())
    with psycopg.connect(connection.info.dsn) as administrator:
        administrator.execute(f"ALTER SEQUENCE {COUNTER} RESTART".encode())
        [execution] = broken.of("CREATE TABLE kept ()")
        assert "but not all of it" in broken.warnings[-1]
        administrator.rollback()
        # As dbtrack doctor recommends it. It blocks nobody.
        administrator.execute(f"SELECT setval('{COUNTER}', 1, false)".encode())
        before = len(broken.warnings)
        broken.of("CREATE TABLE counted ()")
        assert len(broken.warnings) == before + 1
        administrator.rollback()
    assert execution.objects == ["public.kept"]


@pytest.mark.parametrize("line", ["unnamed portal", "other"])
def test_ddl_with_bound_parameters_survives_without_client_context(broken: Record, line: str) -> None:
    """The line of the parameters is known in English without that function; other languages need it."""
    connection = broken.connection
    connection.execute("ALTER FUNCTION script_tracking.client_context(text) RENAME TO renamed")
    if line == "other":
        connection.execute(
            "DO $do$DECLARE name text; BEGIN FOREACH name IN ARRAY '{event_trigger_ddl_start,event_trigger_ddl_end}'::text[] LOOP"
            " EXECUTE replace(pg_get_functiondef(('script_tracking.' || name || '()')::regprocedure), 'unnamed', 'another');"
            " END LOOP; END$do$"
        )
    connection.execute("SET log_parameter_max_length_on_error = -1")
    before = broken.mark()
    for statement in (
        "CREATE TABLE bound ()",
        "CREATE VIEW seen AS SELECT 1 AS id",
        "GRANT SELECT ON seen TO PUBLIC",
    ):
        result = connection.pgconn.exec_params(statement.encode(), [b"x"], [25])
        assert result.error_message == b""
    executions = broken.since(before)
    assert [execution.objects for execution in executions][:2] == [["public.bound"], ["public.seen"]]
    assert executions[0].statement == "CREATE TABLE bound ()"


@pytest.fixture
def spoiler(server: Server) -> Iterator[Path]:
    headers, compiler = server_headers(server), shutil.which("cc")
    if headers is None:
        pytest.skip(f"the PostgreSQL {server.major} of these tests brings no headers")
    if compiler is None:
        missing("A C compiler", "apt-get install gcc libc6-dev")
    source, library = server.directory / "spoil.c", server.directory / "spoil.so"
    source.write_text(_SPOILS)
    subprocess.run([compiler, "-shared", "-fPIC", "-I", headers, "-o", library, source], check=True)
    source.unlink()
    yield library
    library.unlink()


@pytest.mark.every_server
@pytest.mark.parametrize("on_error", ["warn", "block"])
def test_ddl_without_a_readable_text_is_recorded(broken: Record, spoiler: Path, on_error: str) -> None:
    connection = broken.connection
    connection.execute(f"SELECT script_tracking.set_setting('capture.on_error', '{on_error}')".encode())
    connection.execute(f"CREATE FUNCTION spoil() RETURNS int LANGUAGE c AS '{spoiler}', 'spoil'".encode())
    [execution] = broken.of("CREATE TABLE t AS SELECT spoil() AS a")
    assert (execution.tag, execution.objects) == ("CREATE TABLE AS", ["public.t"])
    assert execution.metadata["not_described"] == {"statement": "22021"}
    assert connection.execute(
        "SELECT s.sql_command IS NULL FROM script_tracking.current_execution AS s WHERE s.script_name = 'CREATE TABLE AS'"
    ).fetchone() == (True,)


@pytest.mark.every_server
@pytest.mark.parametrize(
    ("encoding", "client_encoding", "byte", "flag"),
    [
        ("WIN1252", "WIN1252", b"\x81", True),
        ("LATIN1", "LATIN1", b"\xe9", False),
        ("EUC_JP", "EUC_JP", b"\xa4\xa2", False),
    ],
)
def test_every_encoding_is_recorded(
    server: Server, role: object, encoding: str, client_encoding: str, byte: bytes, flag: bool
) -> None:
    """WIN1252 has bytes that are no characters of UTF8, in which what is stored is hashed."""
    name = f"encoded_{encoding.lower()}"
    with psycopg.connect(server.conninfo(), autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        administrator.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'".encode()
        )
    try:
        with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
            schema.install(Database.wrap(connection))
            connection.execute(f"SET client_encoding = '{client_encoding}'".encode())
            record = Record(connection)
            before = record.mark()
            connection.execute(
                b"CREATE TABLE a (); COMMENT ON TABLE a IS ';" + byte + b"'; CREATE TABLE b ()"
            )
            connection.execute(b'CREATE TABLE "x' + byte + b'" ()')
            connection.execute("SET client_encoding = 'UTF8'")
            rows = connection.execute(
                "SELECT script_name, metadata ? 'not_described' FROM script_tracking.script_execution_s"
                " WHERE version_number > %s ORDER BY version_number",
                (before,),
            ).fetchall()
            assert rows == [
                ("CREATE TABLE", False),
                ("COMMENT", flag),
                ("CREATE TABLE", False),
                ("CREATE TABLE", flag),
            ]
    finally:
        with psycopg.connect(server.conninfo(), autocommit=True) as administrator:
            administrator.execute(f"DROP DATABASE {name}".encode())


@pytest.mark.every_server
def test_a_turkish_database_tells_its_statements_apart(server: Server) -> None:
    name = "turkish"
    with psycopg.connect(server.conninfo(), autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        try:
            administrator.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C'".encode()
            )
        except errors.FeatureNotSupported:
            pytest.skip(f"the PostgreSQL {server.major} of these tests has no ICU")
    statements = [
        "create table ti (id int)",
        "create index ii on ti (id)",
        "CREATE INDEX II2 ON TI (ID)",
        "create view vi as select id from ti",
        "alter index ii rename to iii",
        "grant insert on ti to public",
        "create function fi() returns int language sql begin atomic select 1; select 2; end",
        "create rule ri as on insert to ti do also (select 1; select 2)",
        "drop view vi",
        "COMMENT ON INDEX III IS 'x'",
    ]
    try:
        with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
            schema.install(Database.wrap(connection))
            executions = Record(connection).of(";\n".join(statements))
            assert [execution.statement for execution in executions] == statements
    finally:
        with psycopg.connect(server.conninfo(), autocommit=True) as administrator:
            administrator.execute(f"DROP DATABASE {name}".encode())
