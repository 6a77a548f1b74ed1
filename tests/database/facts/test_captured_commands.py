"""The facts about what fires, with dbtrack installed: each command once, with its objects."""

from __future__ import annotations

import pytest

from tests.support.recorded import Record, Recorded
from tests.support.servers import Server
from tests.support.witness import Witness

pytestmark = pytest.mark.every_server


def brief(executions: list[Recorded]) -> list[tuple[str, list[str]]]:
    return [(execution.tag, execution.objects) for execution in executions]


def test_a_table_with_its_sequence_and_indexes_is_one_execution(record: Record) -> None:
    [execution] = record.of("CREATE TABLE t (id serial PRIMARY KEY, code text UNIQUE)")
    assert execution.tag == "CREATE TABLE"
    assert execution.status == "COMPLETED"
    assert sorted(execution.objects) == [
        "public.t", "public.t_code_key", "public.t_id_seq", "public.t_pkey",
    ]  # fmt: skip


def test_a_drop_is_one_execution_without_the_parts_of_its_objects(record: Record) -> None:
    record.of("CREATE TABLE t (id serial PRIMARY KEY, code text UNIQUE)")
    assert brief(record.of("DROP TABLE t")) == [("DROP TABLE", ["public.t"])]


def test_a_cascade_names_what_went_along(record: Record) -> None:
    record.of("CREATE TABLE t (id int)", "CREATE VIEW v AS SELECT * FROM t")
    assert brief(record.of("DROP TABLE t CASCADE")) == [("DROP TABLE", ["public.t", "public.v"])]


def test_a_default_that_goes_without_its_column_is_named(record: Record) -> None:
    record.of("CREATE SEQUENCE s", "CREATE TABLE t (id int DEFAULT nextval('s'))")
    [execution] = record.of("DROP SEQUENCE s CASCADE")
    assert execution.objects == ["public.s", "for public.t.id"]


def test_a_column_that_goes_by_cascade_is_named_without_its_default(record: Record) -> None:
    record.of("CREATE DOMAIN d AS int", "CREATE TABLE t (a d DEFAULT 3, b int)")
    [execution] = record.of("DROP DOMAIN d CASCADE")
    assert execution.objects == ["public.d", "public.t.a"]


def test_identities_have_the_quotes_they_need_and_no_more(record: Record) -> None:
    record.of("SET quote_all_identifiers = on", 'CREATE TABLE plain (); CREATE TABLE "Odd ""x""" ()')
    [execution] = record.of('DROP TABLE plain, "Odd ""x"""')
    assert set(execution.objects) == {"public.plain", 'public."Odd ""x"""'}


def test_dropped_columns_are_named(record: Record) -> None:
    record.of("CREATE TABLE t (id int, code text)")
    [execution] = record.of("ALTER TABLE t DROP COLUMN code")
    assert set(execution.objects) == {"public.t", "public.t.code"}


def test_what_did_nothing_is_not_recorded(record: Record) -> None:
    record.of("CREATE TABLE t (id int)", "CREATE SCHEMA s")
    assert (
        record.of(
            "CREATE TABLE IF NOT EXISTS t (id int)",
            "CREATE SCHEMA IF NOT EXISTS s",
            "CREATE INDEX IF NOT EXISTS i ON t (id)",
            "CREATE INDEX IF NOT EXISTS i ON t (id)",
            "DROP TABLE IF EXISTS absent",
        )[1:]
        == []
    )


@pytest.mark.parametrize(
    ("statement", "tag"),
    [
        ("GRANT SELECT ON t TO PUBLIC", "GRANT"),
        ("REVOKE ALL ON t FROM PUBLIC", "REVOKE"),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "ALTER DEFAULT PRIVILEGES"),
    ],
)
def test_privileges_are_recorded_though_no_object_is_shown(record: Record, statement: str, tag: str) -> None:
    record.of("CREATE TABLE t (id int)")
    [execution] = record.of(statement)
    assert execution.tag == tag
    assert execution.statement == statement


def test_an_extension_is_one_execution_with_its_members_counted(record: Record, extension: str) -> None:
    [created] = record.of(f"CREATE EXTENSION {extension}")
    assert created.objects == [extension]
    assert created.metadata["extension_members"] > 20
    [dropped] = record.of(f"DROP EXTENSION {extension}")
    assert dropped.objects == [extension]


def test_what_goes_with_an_extension_is_named_without_its_members(record: Record, extension: str) -> None:
    kind = "hstore" if extension == "hstore" else "vector(3)"
    record.of(f"CREATE EXTENSION {extension}", f"CREATE TABLE t (id int, value {kind})")
    [dropped] = record.of(f"DROP EXTENSION {extension} CASCADE")
    assert dropped.objects == [extension, "public.t.value"]


def test_a_drop_after_an_extension_in_one_statement_is_recorded(record: Record, extension: str) -> None:
    record.of("CREATE TABLE t (id int)")
    executions = record.of(f"DO $$BEGIN CREATE EXTENSION {extension}; DROP TABLE t; END$$")
    assert brief(executions) == [("CREATE EXTENSION", [extension]), ("DROP TABLE", ["public.t"])]


def test_temporary_objects_are_left_out(record: Record) -> None:
    executions = record.of(
        "CREATE TEMPORARY TABLE t (id serial PRIMARY KEY)",
        "ALTER TABLE t ADD code text",
        "CREATE INDEX ON t (code)",
        "DROP TABLE t",
        "CREATE TEMPORARY TABLE t ON COMMIT DROP AS SELECT 1",
    )
    assert executions == []


def test_ddl_in_a_function_is_recorded_with_its_statement_and_the_call(record: Record) -> None:
    record.of("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN CREATE TABLE made (); END'")
    [execution] = record.of("SELECT f()")
    assert (execution.tag, execution.objects) == ("CREATE TABLE", ["public.made"])
    assert execution.statement == "CREATE TABLE made ()"
    assert execution.metadata["client_statement"] == "SELECT f()"


def test_ddl_that_a_ddl_runs_is_recorded_as_nested(record: Record) -> None:
    record.of(
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN CREATE TABLE made (); RETURN 1; END'"
    )
    executions = record.of("CREATE TABLE outside AS SELECT f()")
    assert brief(executions) == [
        ("CREATE TABLE", ["public.made"]),
        ("CREATE TABLE AS", ["public.outside"]),
    ]
    assert [execution.metadata.get("nesting_level") for execution in executions] == [1, None]


def test_nested_ddl_is_linked_to_the_one_around_it(record: Record) -> None:
    record.of(
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN CREATE TABLE made (); RETURN 1; END'",
        "CREATE TABLE outside AS SELECT f()",
    )
    rows = record.connection.execute(
        "SELECT p.affected_objects, c.affected_objects FROM script_tracking.script_execution_parent_l AS l"
        " JOIN script_tracking.script_execution_s AS p ON p.script_execution_hk = l.parent_execution_hk"
        " JOIN script_tracking.script_execution_s AS c ON c.script_execution_hk = l.child_execution_hk"
        " WHERE l.link_type = 'nested'"
    ).fetchall()
    assert rows == [(["public.outside"], ["public.made"])]


def test_a_rename_is_recorded_with_the_statement_that_shows_the_old_name(record: Record) -> None:
    record.of("CREATE TABLE before (id int)")
    [execution] = record.of("ALTER TABLE before RENAME TO after")
    assert execution.objects == ["public.after"]
    assert "before" in execution.statement


def test_every_other_kind_of_command_is_recorded_once(record: Record, server: Server) -> None:
    record.of("CREATE TABLE t (id int)", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a")
    statements = {
        "COMMENT ON TABLE t IS 'x'": "COMMENT",
        "SELECT 1 AS a INTO made": "SELECT INTO",
        "REFRESH MATERIALIZED VIEW m": "REFRESH MATERIALIZED VIEW",
        "CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'": "CREATE FUNCTION",
        "CREATE TYPE kind AS ENUM ('a')": "CREATE TYPE",
        "CREATE POLICY p ON t": "CREATE POLICY",
        "ALTER TABLE t ALTER id TYPE bigint": "ALTER TABLE",
        "CREATE PUBLICATION pub FOR TABLE t": "CREATE PUBLICATION",
    }
    if server.major >= 17:
        statements["REINDEX TABLE t"] = "REINDEX"
        record.of("CREATE INDEX ON t (id)")
    assert [execution.tag for execution in record.of(*statements)] == list(statements.values())


def test_capture_and_a_foreign_trigger_do_not_disturb_each_other(record: Record) -> None:
    before = record.mark()
    witness = Witness(record.connection)
    assert {execution.tag for execution in record.since(before)} >= {"CREATE FUNCTION", "CREATE SCHEMA"}
    assert witness.events("CREATE TABLE t (id int)") == [
        "ddl_command_start CREATE TABLE",
        "ddl_command_end CREATE TABLE",
    ]


@pytest.fixture
def extension(record: Record) -> str:
    available = {row[0] for row in record.connection.execute("SELECT name FROM pg_available_extensions")}
    return "hstore" if "hstore" in available else "vector"
