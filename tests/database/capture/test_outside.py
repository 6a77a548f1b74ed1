"""Commands whose proof takes a second server, a second tablespace or a foreign library; and what is not seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.label_provider import build_label_provider, server_headers
from tests.support.recorded import Record
from tests.support.required import missing
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.every_server


def test_import_foreign_schema_names_the_foreign_tables(record: Record, server: Server) -> None:
    available = "SELECT FROM pg_available_extensions WHERE name = 'postgres_fdw'"
    if server.major == 16 and record.connection.execute(available).fetchone() is None:
        pytest.skip("the PostgreSQL 16 of these tests brings no postgres_fdw")
    info = record.connection.info
    record.of(
        "CREATE EXTENSION postgres_fdw",
        "CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw"
        f" OPTIONS (host '{info.host}', port '{info.port}', dbname '{info.dbname}')",
        "CREATE USER MAPPING FOR CURRENT_USER SERVER loopback",
        "CREATE SCHEMA far; CREATE TABLE far.t (id int); CREATE TABLE far.u (id int); CREATE SCHEMA near",
    )
    statement = "IMPORT FOREIGN SCHEMA far FROM SERVER loopback INTO near"
    [execution] = record.of(statement)
    assert (execution.tag, execution.status) == ("IMPORT FOREIGN SCHEMA", "COMPLETED")
    assert sorted(execution.objects) == ["near.t", "near.u"]
    assert execution.metadata["object_types"] == ["foreign table", "foreign table"]
    assert execution.statement == statement


def test_a_security_label_is_recorded_with_its_object(record: Record, label_provider: Path) -> None:
    statement = "SECURITY LABEL FOR anything ON COLUMN t.id IS 'x'"
    record.of(f"LOAD '{label_provider}'", "CREATE TABLE t (id int)")
    [execution] = record.of(statement)
    assert (execution.tag, execution.status) == ("SECURITY LABEL", "COMPLETED")
    assert (execution.objects, execution.metadata["object_types"]) == (["public.t.id"], ["table column"])
    assert execution.statement == statement


@pytest.fixture
def label_provider(server: Server) -> Iterator[Path]:
    """A library that the server can load."""
    if server_headers(server) is None:
        pytest.skip(f"the PostgreSQL {server.major} of these tests brings no headers")
    library = build_label_provider(server)
    if library is None:
        missing("A C compiler", "apt-get install gcc libc6-dev")
    yield library
    library.unlink()


def test_moving_all_of_a_tablespace_names_what_moved(record: Record, role: RoleFactory) -> None:
    owner = role("owner", login=False)
    tablespace = f"elsewhere_{record.connection.info.dbname}"
    record.of(
        "SET allow_in_place_tablespaces = on",
        f"CREATE TABLESPACE {tablespace} LOCATION ''",
        "CREATE TABLE t (id int); CREATE INDEX i ON t (id)",
        f"ALTER TABLE t OWNER TO {owner}",
    )
    try:
        moved = [
            record.of(
                f"ALTER {what} ALL IN TABLESPACE pg_default OWNED BY {owner} SET TABLESPACE {tablespace}"
            )
            for what in ("TABLE", "INDEX")
        ]
    finally:
        record.of("DROP TABLE t", f"DROP TABLESPACE {tablespace}")
    assert [[(e.tag, e.objects) for e in executions] for executions in moved] == [
        [("ALTER TABLE", ["public.t"])],
        [("ALTER INDEX", ["public.i"])],
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "EXPLAIN (ANALYZE) CREATE TABLE made AS SELECT 1 AS a",
        "REASSIGN OWNED BY {role} TO CURRENT_USER",
        "TRUNCATE t",
        "CLUSTER t USING t_pkey",
        "VACUUM FULL t",
        "ANALYZE t",
        "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION script_tracking.event_trigger_sql_drop()",
        "COMMENT ON ROLE postgres IS NULL",
        "ALTER ROLE postgres SET work_mem = '4MB'",
    ],
)
def test_what_fires_no_event_trigger_is_not_recorded(
    record: Record, role: RoleFactory, statement: str
) -> None:
    """When one of these is recorded one day, docs/capture.md is wrong."""
    owner = role("owner", login=False)
    record.of("CREATE TABLE t (id int PRIMARY KEY)", f"ALTER TABLE t OWNER TO {owner}")
    assert record.of(statement.format(role=owner)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS id",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1 AS a",
        "CREATE SEQUENCE IF NOT EXISTS s",
        "CREATE EXTENSION IF NOT EXISTS plpgsql",
        "CREATE COLLATION IF NOT EXISTS co (LOCALE = 'C')",
        "ALTER TABLE IF EXISTS absent ADD added int",
        "ALTER EXTENSION plpgsql UPDATE",
        "DROP FUNCTION IF EXISTS absent(int)",
        "DROP OWNED BY {role}",
        "DROP EXTENSION IF EXISTS absent",
    ],
)
def test_what_did_nothing_is_not_recorded(record: Record, role: RoleFactory, statement: str) -> None:
    record.of(
        "CREATE TABLE t (id int); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE SEQUENCE s;"
        "CREATE COLLATION co (LOCALE = 'C')"
    )
    assert record.of(statement.format(role=role("idle", login=False))) == []


def test_an_alter_table_that_changed_nothing_is_recorded_all_the_same(record: Record) -> None:
    """PostgreSQL shows the table as altered: docs/capture.md describes it."""
    record.of("CREATE TABLE t (id int)")
    [execution] = record.of("ALTER TABLE t ADD COLUMN IF NOT EXISTS id int")
    assert execution.objects == ["public.t"]


def test_a_reindex_that_stops_half_way_is_recorded(record: Record, server: Server) -> None:
    record.of(
        "CREATE SCHEMA n",
        "CREATE FUNCTION n.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN $1; END'",
        "CREATE TABLE n.t (id int); INSERT INTO n.t VALUES (1); CREATE INDEX i ON n.t (n.f(id))",
        "CREATE OR REPLACE FUNCTION n.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1 / 0; END'",
    )
    before = record.mark()
    with pytest.raises(psycopg.errors.DivisionByZero):
        record.of("REINDEX SCHEMA n")
    expected = [("REINDEX", "RUNNING")] if server.major >= 17 else []
    assert [(e.tag, e.status) for e in record.since(before)] == expected
