"""Which statements of a client's string are of interest, and what is kept of them."""

from __future__ import annotations

import pytest

from dbtrack.ingest.ddl.ddl_commands import parse_command
from dbtrack.ingest.ddl.split_statements import split_statements
from dbtrack.ingest.find_ddl import candidate_offsets
from dbtrack.redaction.statement_secrets import Secrets

NEWEST = 180000


def texts(string: str) -> list[str]:
    return [statement.text for statement in split_statements(string)]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("", []),
        (" ; ;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT ';'; DROP TABLE t;", ["SELECT ';'", "DROP TABLE t"]),
        ("SELECT E'it\\'s; fine'; SELECT 2", ["SELECT E'it\\'s; fine'", "SELECT 2"]),
        ("DO $$ a; b $$; DO $x$ $$;$$ $x$", ["DO $$ a; b $$", "DO $x$ $$;$$ $x$"]),
        ("-- a; b\nDROP TABLE t /* ; /* ; */ ; */; SELECT 1", ["DROP TABLE t", "SELECT 1"]),
        ('DROP TABLE "a;b"', ['DROP TABLE "a;b"']),
        ("CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2); SELECT 3",
         ["CREATE RULE r AS ON UPDATE TO t DO (SELECT 1; SELECT 2)", "SELECT 3"]),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
         ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END", "SELECT 3"]),
        ("SELECT 'never ended", ["SELECT 'never ended"]),
        ("/* never ended", []),
    ],
)  # fmt: skip
def test_a_string_is_split_where_the_server_splits_it(string: str, expected: list[str]) -> None:
    assert texts(string) == expected


@pytest.mark.parametrize(
    ("text", "tag", "objects"),
    [
        ("CREATE ROLE anna LOGIN", "CREATE ROLE", ("anna",)),
        ("create user Anna", "CREATE ROLE", ("anna",)),
        ('ALTER USER "Anna B" SET work_mem = 1', "ALTER ROLE", ('"Anna B"',)),
        ("DROP GROUP IF EXISTS a, b", "DROP ROLE", ("a", "b")),
        ("/* why */ -- not\n DROP DATABASE shop", "DROP DATABASE", ("shop",)),
        ("ALTER DATABASE shop SET work_mem = 1", "ALTER DATABASE", ("shop",)),
        ("CREATE TABLESPACE fast LOCATION '/x'", "CREATE TABLESPACE", ("fast",)),
        ("ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM", ()),
        ("GRANT a, b TO c", "GRANT ROLE", ("a", "b", "c")),
        ("REVOKE ADMIN OPTION FOR a FROM b", "REVOKE ROLE", ("a", "b")),
        ("GRANT CONNECT ON DATABASE shop TO a", "GRANT", ("shop",)),
        ("REASSIGN OWNED BY a TO b", "REASSIGN OWNED", ()),
        ("TRUNCATE ONLY shop.orders, items CASCADE", "TRUNCATE TABLE", ("shop.orders", "items")),
        ("CLUSTER", "CLUSTER", ()),
        ("CLUSTER orders USING i", "CLUSTER", ("orders",)),
        ("VACUUM FULL orders", "VACUUM", ("orders",)),
        ("VACUUM (ANALYZE, FULL) orders", "VACUUM", ()),
        ("VACUUM (FULL true, ANALYZE)", "VACUUM", ()),
        ("ALTER EVENT TRIGGER e DISABLE", "ALTER EVENT TRIGGER", ("e",)),
        ("COMMENT ON ROLE anna IS 'x'", "COMMENT", ("anna",)),
        ("COMMENT ON DATABASE shop IS 'x'", "COMMENT", ("shop",)),
    ],
)
def test_what_no_event_trigger_sees(text: str, tag: str, objects: tuple[str, ...]) -> None:
    command = parse_command(split_statements(text)[0], NEWEST)
    assert command
    assert (command.tag, command.objects, command.is_unseen) == (tag, objects, True)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION"),
        ("CREATE TEMP TABLE t (id int)", "CREATE TABLE"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX"),
        ("CREATE USER MAPPING FOR a SERVER b", "CREATE USER MAPPING"),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a", "ALTER DEFAULT PRIVILEGES"),
        ("DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW"),
        ("GRANT SELECT (a), UPDATE ON t TO b", "GRANT"),
        ("COMMENT ON TABLE t IS 'ROLE'", "COMMENT"),
        ("REINDEX TABLE t", "REINDEX"),
        ("CREATE TABEL t ()", "CREATE"),
    ],
)
def test_what_event_triggers_see_is_of_interest_only_when_it_failed(text: str, tag: str) -> None:
    command = parse_command(split_statements(text)[0], NEWEST)
    assert command
    assert (command.tag, command.is_unseen) == (tag, False)


def test_reindex_fires_no_event_trigger_before_17() -> None:
    command = parse_command(split_statements("REINDEX TABLE t")[0], 160009)
    assert command
    assert command.is_unseen


@pytest.mark.parametrize(
    "text",
    ["SELECT 1", "VACUUM orders", "VACUUM (FULL off) t", "VACUUM (ANALYZE) full_names", "INSERT INTO t VALUES (1)",
     "SECURITY", "EXPLAIN CREATE TABLE t AS SELECT 1", '"CREATE" ROLE a', "(SELECT 1)"],
)  # fmt: skip
def test_what_is_of_no_interest(text: str) -> None:
    assert parse_command(split_statements(text)[0], NEWEST) is None


@pytest.mark.parametrize(
    "text",
    [
        "ALTER ROLE a PASSWORD 'hunter2'",
        "ALTER ROLE a PASSWORD hunter2",
        'ALTER ROLE a PASSWORD "hunter2"',
        "ALTER ROLE a PASSWORD $x$hunter2$x$",
        "ALTER ROLE a /* hunter2 */ PASSWORD E'hunter2'",
        "ALTER ROLE a PASSWORD 'hunter2",
        "ALTER ROLE a PASSWORD 'x\\' hunter2'",
        "COMMENT ON ROLE a IS 'hunter2'; ALTER ROLE a PASSWORD 'hunter2'",
    ],
)
def test_a_password_is_nowhere(text: str) -> None:
    secrets = Secrets(text)
    kept = [secrets.statement(statement.text) for statement in split_statements(text)]
    assert "ROLE a" in "".join(kept) or "redacted" in kept[0]
    assert "hunter2" not in "".join(kept)
    assert "hunter2" not in secrets.message('syntax error at or near "hunter2"')


def test_a_statement_without_a_secret_is_kept_as_it_is() -> None:
    text = "COMMENT ON ROLE anna IS 'her''s' -- really"
    assert Secrets(text).statement(text) == text


@pytest.mark.parametrize(
    "string",
    [
        "DELETE FROM script_tracking.script_execution_s",
        "delete from only script_tracking.script_execution_h where true",
        "UPDATE script_tracking.seal_block SET root_hash = ''",
        "SELECT 1; INSERT INTO script_tracking.script_execution_s DEFAULT VALUES",
        "MERGE INTO script_tracking.setting USING x ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE public.t, script_tracking.script_execution_s",
    ],
)
def test_an_attempt_on_the_record_is_of_interest(string: str) -> None:
    commands = [parse_command(statement, NEWEST) for statement in split_statements(string)]
    assert [command.targets_record for command in commands if command] == [True]
    assert candidate_offsets(f"STATEMENT:  {string}".encode())


@pytest.mark.parametrize(
    "string", ["DELETE FROM t", "UPDATE t SET a = 1", "INSERT INTO script_tracked VALUES (1)"]
)
def test_other_changes_of_rows_are_not(string: str) -> None:
    assert [parse_command(statement, NEWEST) for statement in split_statements(string)] == [None]
    assert candidate_offsets(f"STATEMENT:  {string}".encode()) == []


@pytest.mark.parametrize(
    ("text", "tag", "objects"),
    [
        ("CREATE TABLE a.b AS SELECT 1", "CREATE TABLE AS", ("a.b",)),
        ("CREATE TEMP TABLE t (a, b) WITH (fillfactor = 70) AS EXECUTE p", "CREATE TABLE AS", ("t",)),
        ("CREATE TABLE t (a int GENERATED ALWAYS AS (1) STORED)", "CREATE TABLE", ("t",)),
        ("SELECT a, (SELECT 1) INTO UNLOGGED TABLE x.y FROM z", "SELECT INTO", ("x.y",)),
        ("WITH a AS (SELECT 1) SELECT * INTO t FROM a", "SELECT INTO", ("t",)),
    ],
)
def test_a_table_made_of_a_query_is_ddl(text: str, tag: str, objects: tuple[str, ...]) -> None:
    command = parse_command(split_statements(text)[0], NEWEST)
    assert command
    assert (command.tag, command.objects, command.is_unseen) == (tag, objects, False)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "INSERT INTO t SELECT 1",
        "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
        "WITH a AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT * FROM a",
        "SELECT 'INTO t'",
    ],
)
def test_a_query_that_creates_no_table_is_not_a_ddl(text: str) -> None:
    assert parse_command(split_statements(text)[0], NEWEST) is None
