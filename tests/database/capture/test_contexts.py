"""Where DDL comes from: code in the server, the protocol's ways, other people's triggers, extensions' scripts."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from psycopg import errors

from tests.support.recorded import Record, Recorded
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.every_server


def brief(executions: list[Recorded]) -> list[tuple[str, list[str]]]:
    return [(execution.tag, execution.objects) for execution in executions]


def test_each_command_of_a_do_block_has_its_own_statement(record: Record) -> None:
    block = "DO $$BEGIN CREATE TABLE a (); EXECUTE 'CREATE TABLE b ()'; DROP TABLE a; END$$"
    executions = record.of(block)
    assert brief(executions) == [
        ("CREATE TABLE", ["public.a"]),
        ("CREATE TABLE", ["public.b"]),
        ("DROP TABLE", ["public.a"]),
    ]
    assert [execution.statement for execution in executions] == [
        "CREATE TABLE a ()",
        "CREATE TABLE b ()",
        "DROP TABLE a",
    ]
    assert {execution.metadata["client_statement"] for execution in executions} == {block}
    assert {execution.metadata.get("nesting_level") for execution in executions} == {None}


def test_a_procedure_that_commits_is_recorded_in_each_of_its_transactions(record: Record) -> None:
    record.of(
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS"
        " 'BEGIN CREATE TABLE a (); COMMIT; CREATE TABLE b (); ROLLBACK; CREATE TABLE c (); END'"
    )
    executions = record.of("CALL p()")
    assert brief(executions) == [("CREATE TABLE", ["public.a"]), ("CREATE TABLE", ["public.c"])]
    assert [execution.statement for execution in executions] == ["CREATE TABLE a ()", "CREATE TABLE c ()"]
    assert len({execution.metadata["transaction_id"] for execution in executions}) == 2


def test_each_command_of_a_string_of_statements_is_recorded(record: Record) -> None:
    statements = "CREATE TABLE a (); CREATE VIEW v AS SELECT 1 AS b; DROP TABLE a"
    executions = record.of(statements)
    assert brief(executions) == [
        ("CREATE TABLE", ["public.a"]),
        ("CREATE VIEW", ["public.v"]),
        ("DROP TABLE", ["public.a"]),
    ]
    assert [execution.statement for execution in executions] == statements.split("; ")


def test_a_pipeline_is_recorded_statement_by_statement(record: Record) -> None:
    before = record.mark()
    statements = ["CREATE TABLE a ()", "ALTER TABLE a ADD id int", "DROP TABLE a"]
    with record.connection.pipeline():
        for statement in statements:
            record.connection.execute(statement.encode())
    assert [execution.statement for execution in record.since(before)] == statements


def test_a_prepared_statement_is_recorded_each_time(record: Record) -> None:
    before = record.mark()
    for _ in range(3):
        for statement in ("CREATE TABLE a ()", "DROP TABLE a"):
            record.connection.execute(statement.encode(), prepare=True)
    assert [execution.tag for execution in record.since(before)] == ["CREATE TABLE", "DROP TABLE"] * 3


def test_ddl_before_and_after_a_caught_failure_is_recorded_and_not_nested(record: Record) -> None:
    executions = record.of(
        "DO $$BEGIN CREATE TABLE a (); BEGIN CREATE TABLE undone (); CREATE TABLE a ();"
        " EXCEPTION WHEN duplicate_table THEN NULL; END; CREATE TABLE b (); END$$"
    )
    assert brief(executions) == [("CREATE TABLE", ["public.a"]), ("CREATE TABLE", ["public.b"])]
    assert [execution.metadata.get("nesting_level") for execution in executions] == [None, None]


def test_a_prepared_transaction_that_is_rolled_back_leaves_nothing(record: Record) -> None:
    before = record.mark()
    gid = record.connection.info.dbname
    for statement in (
        "BEGIN",
        "CREATE TABLE t ()",
        f"PREPARE TRANSACTION '{gid}'",
        f"ROLLBACK PREPARED '{gid}'",
    ):
        record.connection.execute(statement.encode())
    assert record.since(before) == []


def test_ddl_of_a_row_trigger_is_recorded_with_the_insert(record: Record) -> None:
    record.of(
        "CREATE TABLE t (id int)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN CREATE TABLE made (); RETURN NULL; END'",
        "CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    )
    [execution] = record.of("INSERT INTO t VALUES (1)")
    assert (execution.objects, execution.statement) == (["public.made"], "CREATE TABLE made ()")
    assert execution.metadata["client_statement"] == "INSERT INTO t VALUES (1)"


def test_a_security_definer_function_does_not_hide_the_login(record: Record, role: RoleFactory) -> None:
    login = role("caller")
    record.of(
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN CREATE TABLE made (); END'"
    )
    before = record.mark()
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute("SELECT f()")
    assert [(e.login, e.objects) for e in record.since(before)] == [(login, ["public.made"])]


@pytest.mark.parametrize("name", ["a_foreign_trigger", "z_foreign_trigger"])
@pytest.mark.parametrize("ddl", ["CREATE TABLE noted ()", "DROP TABLE other"])
@pytest.mark.parametrize("event", ["ddl_command_start", "sql_drop", "ddl_command_end"])
def test_ddl_of_another_event_trigger_takes_nothing_from_the_command(
    record: Record, event: str, ddl: str, name: str
) -> None:
    """Event triggers fire in the order of their names: ours come between these two."""
    record.of("CREATE TABLE t (); CREATE TABLE other ()")
    record.connection.execute(
        "CREATE FUNCTION foreign_trigger() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN"
        " IF current_setting('test.busy', true) = 'on' THEN RETURN; END IF;"
        f" PERFORM set_config('test.busy', 'on', true); {ddl};"
        " END$$".encode()
    )
    record.connection.execute(
        f"CREATE EVENT TRIGGER {name} ON {event} WHEN TAG IN ('DROP TABLE')"
        " EXECUTE FUNCTION foreign_trigger()".encode()
    )
    executions = record.of("DROP TABLE t")
    inner = (" ".join(ddl.split()[:2]), ["public." + ddl.split()[2]])
    assert sorted(brief(executions)) == sorted([inner, ("DROP TABLE", ["public.t"])])


def test_a_script_that_alters_its_own_extension_is_one_execution(record: Record, server: Server) -> None:
    """pg_stat_statements drops its functions by ALTER EXTENSION … DROP before it creates them again."""
    if server.major == 16:
        pytest.skip("the PostgreSQL 16 of these tests brings no pg_stat_statements")
    executions = record.of(
        "CREATE TABLE t ()",
        "DO $$BEGIN CREATE EXTENSION pg_stat_statements VERSION '1.4';"
        " ALTER EXTENSION pg_stat_statements UPDATE TO '1.10'; DROP TABLE t; END$$",
    )
    assert brief(executions)[1:] == [
        ("CREATE EXTENSION", ["pg_stat_statements"]),
        ("ALTER EXTENSION", ["pg_stat_statements"]),
        ("DROP TABLE", ["public.t"]),
    ]


def test_ddl_after_a_failed_extension_is_recorded(record: Record, server: Server) -> None:
    if server.major == 16:
        pytest.skip("the PostgreSQL 16 of these tests brings no earthdistance")
    record.of("CREATE TABLE t ()")
    executions = record.of(
        "DO $$BEGIN BEGIN CREATE EXTENSION earthdistance; EXCEPTION WHEN OTHERS THEN NULL; END; DROP TABLE t; END$$"
    )
    assert brief(executions) == [("DROP TABLE", ["public.t"])]


def test_a_failed_statement_in_a_pipeline_takes_its_neighbours_along(record: Record) -> None:
    before = record.mark()
    with contextlib.suppress(errors.UndefinedObject), record.connection.pipeline():
        record.connection.execute("CREATE TABLE a ()")
        record.connection.execute("CREATE TABLE b (id absent_type)")
    assert record.connection.execute("SELECT to_regclass('a')").fetchone() == (None,)
    assert record.since(before) == []


def test_an_extension_that_was_there_hides_nothing_that_follows_in_its_string(record: Record) -> None:
    record.of("CREATE TABLE t ()")
    [dropped] = record.of("CREATE EXTENSION IF NOT EXISTS plpgsql; DROP TABLE t")
    assert (dropped.tag, dropped.objects) == ("DROP TABLE", ["public.t"])
