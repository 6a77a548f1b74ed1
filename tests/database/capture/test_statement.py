"""Each captured DDL keeps its own statement, also out of a string of several and out of code in the server."""

from __future__ import annotations

import json

import psycopg
import pytest
from pglast import split

from tests.support.recorded import Record, Recorded
from tests.support.servers import Server

STRINGS = [
    "SELECT 1",
    "SELECT 1;",
    "SELECT 1; SELECT 2",
    ";;SELECT 1;;;SELECT 2;;",
    "  \n\t SELECT 1 ; \n SELECT 2 \n",
    "SELECT ';'; SELECT 2",
    "SELECT 'it''s; so'; SELECT 2",
    "SELECT ''; SELECT ''''; SELECT ''';'''",
    'SELECT 1 AS "a;b"; SELECT 2 AS "a"";""b"',
    "SELECT E'a\\';b'; SELECT 2",
    "SELECT e'a\\\\'; SELECT 2",
    "SELECT E'a'';\\'b'; SELECT ';'",
    "SELECT E'a'\n'b\\';c'; SELECT 2",
    "SELECT 'a\\'; SELECT 2",
    "SELECT N';', B'1', X'1f'; SELECT 2",
    'SELECT U&\'\\0041;\'; SELECT U&"a;" FROM (SELECT 1 AS "a;") AS x',
    "SELECT date'2026-01-01;'; SELECT 2",
    "SELECT 1 AS type; SELECT 2 AS e; SELECT 3",
    "SELECT name'a\\'; SELECT 2; SELECT 'b'",
    "SELECT 1e5; SELECT 1E-5, 'a;'",
    "SELECT $$;$$; SELECT 2",
    "SELECT $a$;$$;$b$;$a$; SELECT $_1$;$_1$",
    "SELECT $a$ $A$ ; $a$; SELECT 2",
    "SELECT $$a$$ AS b$$; SELECT 2 AS c$d$; SELECT $d$;$d$",
    "SELECT $é$;$é$; SELECT 'é;'; SELECT 2",
    "PREPARE p AS SELECT $1::int; SELECT 2",
    "PREPARE p AS SELECT $1+$2; SELECT $$;$$",
    "SELECT '$$'; SELECT 2; SELECT '$$;'",
    "SELECT $$'$$; SELECT '$$'; SELECT 2",
    "SELECT 1 -- a;b\n; SELECT 2",
    "SELECT 1 -- it's\n; SELECT 2 -- it's",
    "SELECT 1; -- nothing follows",
    "-- first; of all\nSELECT 1; -- then\nSELECT 2;\n-- the end;",
    "SELECT 1 --\r; SELECT 2",
    "SELECT 1 - -1; SELECT 2 - - 1; SELECT 3--1;\n",
    "SELECT /* ; */ 1; SELECT 2",
    "SELECT /* a /* ; */ b; */ 1; SELECT 2",
    "/* it's /* a \" */ $$ */ SELECT 1; SELECT 2",
    "/**/SELECT 1;/***/SELECT 2;/*/ ; */SELECT 3",
    "SELECT 4/2; SELECT 4 /2/* ; */; SELECT 2*/* ; */3",
    "SELECT 1 /* -- */; SELECT 2 -- /*\n; SELECT 3",
    "SELECT '/*'; SELECT 2; SELECT '*/'",
    'SELECT 1 AS "--"; SELECT 2 AS "/*"; SELECT 3 AS "*/"',
    "SELECT 1 /* a */ /* b; */ ; /* c; */",
    "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); SELECT 2",
    "CREATE OR REPLACE RULE r AS ON INSERT TO t DO INSTEAD (SELECT ')'; SELECT (1); SELECT 2;); SELECT 2",
    "create rule r as on update to t do instead nothing; SELECT 2",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3",
    "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a = 1 THEN 2 ELSE CASE a WHEN 3 THEN 4 END END; SELECT ';'; END; SELECT 3",
    "CREATE PROCEDURE p() BEGIN /* end; */ ATOMIC INSERT INTO t VALUES ('end;'); END; SELECT 3; SELECT 4",
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1 AS "end"; END; SELECT 3',
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1; SELECT 3",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN 1; END;$$; SELECT f()",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END;'; SELECT f()",
    "CREATE FUNCTION f() RETURNS int AS $x$ BEGIN ATOMIC; $x$ LANGUAGE plpgsql; SELECT 3",
    "DO $$BEGIN PERFORM 1; END$$; DO $do$BEGIN EXECUTE $$SELECT 1;$$; END$do$",
    "BEGIN; CREATE TABLE a (); COMMIT; BEGIN; DROP TABLE a; END",
    "CREATE SCHEMA s CREATE TABLE a () CREATE VIEW v AS SELECT ';' AS a; SELECT 2",
    "CREATE TABLE t (a int CHECK (a > 0), b text DEFAULT ';'); SELECT 2",
    'CREATE TABLE "BEGIN ATOMIC" (); SELECT 2',
    "CREATE POLICY p ON t USING (a = ';'); GRANT SELECT (a, b) ON t TO x; SELECT 2",
    "SELECT 1 <-- no operator;\n 2; SELECT 3",
    "SELECT a @-/* ; */ 1 FROM t; SELECT 2",
    "SELECT 'a'\n';b'; SELECT 2",
    "COMMENT ON TABLE t IS 'a; b'; COMMENT ON COLUMN t.\"c;d\" IS E'\\'; x';",
    "SELECT 'Grüße; €'; SELECT '日本;語' AS \"ü;\"; SELECT 3",
    "SELECT 1;\r\nSELECT 2;\r\n",
    "SELECT (ARRAY[1,2])[1:2]; SELECT '{;}'::text[]",
    "SELECT '" + "long; " * 3000 + "'; SELECT " + "1 + " * 3000 + "1; SELECT 'x'",
    "".join(f"CREATE TABLE t{number} (name text DEFAULT '{number};');\n" for number in range(200)),
]

SECRET = "s3cr3t"

# Follows a string with a start and an end for each of its statements, one step forward at a time.
STEPS = """
WITH RECURSIVE step (place, statement, bytes) AS (
    SELECT 1, NULL::text, convert_to(%(string)s, 'UTF8')
    UNION ALL
    SELECT coalesce(e.o_end, octet_length(s.bytes)) + 1, e.o_statement, s.bytes
    FROM step AS s
    CROSS JOIN LATERAL script_tracking.statement_end(s.bytes, s.place, true) AS e
    WHERE s.place <= octet_length(s.bytes)
)
SELECT array_agg(statement ORDER BY place) FROM step WHERE statement <> ''
"""


def own(executions: list[Recorded]) -> list[tuple[str, str]]:
    return [(execution.tag, execution.statement) for execution in executions]


def whole(executions: list[Recorded]) -> list[bool | None]:
    return [execution.metadata.get("statement_is_whole") for execution in executions]


@pytest.mark.every_server
def test_strings_are_split_as_postgresql_splits_them(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as connection:
        for string in STRINGS:
            row = connection.execute("SELECT script_tracking.split_statements(%s)", (string,)).fetchone()
            assert row
            assert row[0] is not None, string
            places = list(zip(row[0][::2], row[0][1::2], strict=True))
            assert [string[start - 1 : end - 1].strip() for start, end in places] == [
                str(statement).strip() for statement in split(string)
            ]


@pytest.mark.every_server
def test_a_string_is_followed_as_it_is_split(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as connection:
        for string in STRINGS:
            row = connection.execute(STEPS, {"string": string}).fetchone()
            assert row
            assert row[0] == [str(statement).strip() for statement in split(string)], string


@pytest.mark.parametrize(
    "string", ["SELECT 'a; b", 'SELECT "a; b', "SELECT $$a; b", "SELECT /* /* a; */ b", "SELECT E'a;\\'"]
)
def test_a_string_that_has_no_end_is_not_split(installed_conninfo: str, string: str) -> None:
    with psycopg.connect(installed_conninfo) as connection:
        assert connection.execute("SELECT script_tracking.split_statements(%s)", (string,)).fetchone() == (
            None,
        )


@pytest.mark.every_server
def test_each_statement_of_a_string_keeps_its_own(record: Record) -> None:
    string = """
        -- the first
        CREATE UNLOGGED TABLE a (name text DEFAULT ';'); COMMENT ON TABLE a IS 'one; two';
        INSERT INTO a VALUES ('CREATE TABLE b ()');
        DROP TABLE IF EXISTS absent;
        CREATE /* temporary; */ TABLE b AS SELECT * FROM a; SELECT * INTO c FROM a;
        DROP TABLE b; CREATE OR REPLACE VIEW v AS SELECT 1 AS one; DROP TABLE c; -- the end"""
    executions = record.of(string)
    assert own(executions) == [
        ("CREATE TABLE", "-- the first\n        CREATE UNLOGGED TABLE a (name text DEFAULT ';')"),
        ("COMMENT", "COMMENT ON TABLE a IS 'one; two'"),
        ("CREATE TABLE AS", "CREATE /* temporary; */ TABLE b AS SELECT * FROM a"),
        ("SELECT INTO", "SELECT * INTO c FROM a"),
        ("DROP TABLE", "DROP TABLE b"),
        ("CREATE VIEW", "CREATE OR REPLACE VIEW v AS SELECT 1 AS one"),
        ("DROP TABLE", "DROP TABLE c"),
    ]
    assert whole(executions) == [None] * 7


@pytest.mark.every_server
def test_a_string_that_commits_keeps_its_place(record: Record) -> None:
    executions = record.of(
        "BEGIN; CREATE TABLE a (); COMMIT; BEGIN; CREATE TABLE b (); SAVEPOINT s; CREATE TABLE c (); COMMIT"
    )
    assert [statement for _tag, statement in own(executions)] == [f"CREATE TABLE {name} ()" for name in "abc"]


@pytest.mark.every_server
@pytest.mark.parametrize("before", [[], ["SELECT 1; CREATE TABLE earlier ()"]])
def test_a_string_that_rolls_back_keeps_its_place(record: Record, before: list[str]) -> None:
    record.of(*before)
    string = (
        "BEGIN; CREATE TABLE a (); ROLLBACK; CREATE TABLE b (); BEGIN; SAVEPOINT s; COMMENT ON TABLE b IS 'one';"
        " ROLLBACK TO s; COMMENT ON TABLE b IS 'two'; COMMIT; CREATE VIEW v AS SELECT 1 AS one"
    )
    executions = record.of(string)
    assert own(executions) == [
        ("CREATE TABLE", "CREATE TABLE b ()"),
        ("COMMENT", "COMMENT ON TABLE b IS 'two'"),
        ("CREATE VIEW", "CREATE VIEW v AS SELECT 1 AS one"),
    ]


def test_a_string_with_escapes_in_plain_literals_is_kept_whole(record: Record) -> None:
    record.connection.execute("SET standard_conforming_strings = off")
    executions = record.of("CREATE TABLE a (); CREATE TABLE b ()")
    assert own(executions) == [("CREATE TABLE", "CREATE TABLE a (); CREATE TABLE b ()")] * 2
    assert whole(executions) == [True, True]


@pytest.mark.every_server
def test_code_in_the_server_runs_statements_of_its_own(record: Record) -> None:
    block = """DO $$BEGIN
        CREATE TABLE "a""
b" (name text DEFAULT E'\\'"');
        EXECUTE format('COMMENT ON TABLE %I IS %L', E'a"\\nb', E'"\\nPL/pgSQL function f() line 1 at EXECUTE');
        EXECUTE 'CREATE TABLE c (); CREATE TABLE d ()';
        EXECUTE 'DROP TABLE c, d';
        EXECUTE 'CREATE TABLE c (); CREATE TABLE d ()';
    END$$"""
    executions = record.of(block)
    assert own(executions) == [
        ("CREATE TABLE", 'CREATE TABLE "a""\nb" (name text DEFAULT E\'\\\'"\')'),
        ("COMMENT", 'COMMENT ON TABLE "a""\nb" IS \'"\nPL/pgSQL function f() line 1 at EXECUTE\''),
        ("CREATE TABLE", "CREATE TABLE c ()"),
        ("CREATE TABLE", "CREATE TABLE d ()"),
        ("DROP TABLE", "DROP TABLE c, d"),
        ("CREATE TABLE", "CREATE TABLE c ()"),
        ("CREATE TABLE", "CREATE TABLE d ()"),
    ]
    assert {execution.metadata["client_statement"] for execution in executions} == {block}


@pytest.mark.every_server
def test_nested_ddl_has_its_own_and_leaves_the_outer_one_its_place(record: Record) -> None:
    record.of(
        "CREATE FUNCTION make(name text) RETURNS int LANGUAGE plpgsql AS"
        " $$BEGIN EXECUTE format('CREATE TABLE %I (); COMMENT ON TABLE %I IS ''a''', name, name); RETURN 1; END$$"
    )
    executions = record.of("CREATE TABLE a AS SELECT make('inner'); CREATE TABLE b ()")
    assert own(executions) == [
        ("CREATE TABLE", 'CREATE TABLE "inner" ()'),
        ("COMMENT", "COMMENT ON TABLE \"inner\" IS 'a'"),
        ("CREATE TABLE AS", "CREATE TABLE a AS SELECT make('inner')"),
        ("CREATE TABLE", "CREATE TABLE b ()"),
    ]


@pytest.mark.every_server
def test_a_function_in_sql_does_not_tell_and_is_said_not_to(record: Record) -> None:
    record.of("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'CREATE TABLE a ()'")
    [execution] = record.of("SELECT f()")
    assert (execution.statement, execution.metadata["statement_is_whole"]) == ("SELECT f()", True)


@pytest.mark.parametrize(
    "string",
    [
        f"ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'; CREATE TABLE pw (password text DEFAULT '{SECRET}')",
        f"SELECT 'the password'; COMMENT ON SCHEMA public IS '{SECRET}'",
        f"DO $$BEGIN EXECUTE 'COMMENT ON SCHEMA public IS ''{SECRET}'''; PERFORM 'password'; END$$",
        f"DO $$BEGIN EXECUTE 'CREATE TABLE pw (password text DEFAULT ''{SECRET}'')'; END$$",
        f"DO $$BEGIN EXECUTE 'SELECT 1; CREATE TABLE pw (a text DEFAULT ''{SECRET}''); SELECT ''token'''; END$$",
    ],
)
def test_what_stands_beside_a_secret_loses_its_literals(record: Record, string: str) -> None:
    [execution] = record.of(string)
    assert SECRET not in execution.statement + json.dumps(execution.metadata)
    assert execution.tag in execution.statement


@pytest.mark.every_server
@pytest.mark.parametrize("forged", ["x", "1:2:3", "9" * 70, "é" * 70, ""])
def test_forged_settings_take_no_statement_from_its_ddl(record: Record, forged: str) -> None:
    names = ("ddl_string", "ddl_inner", "ddl_window", "ddl_client", "ddl_proven", "ddl_block")
    sets = "; ".join(f"SET dbtrack.{name} = '{forged}'" for name in names)
    executions = record.of(f"CREATE TABLE a (); {sets}; CREATE TABLE b (); {sets}; DROP TABLE b")
    assert [execution.objects for execution in executions] == [["public.a"], ["public.b"], ["public.b"]]
    assert [execution.statement for execution in executions] == [
        "CREATE TABLE a ()",
        "CREATE TABLE b ()",
        "DROP TABLE b",
    ]


def test_a_hundred_statements_in_one_string(record: Record) -> None:
    statements = [f"CREATE TABLE t{number} (name text DEFAULT ';{number}')" for number in range(100)]
    assert [execution.statement for execution in record.of(";\n".join(statements))] == statements


def test_reindex_in_a_string_has_its_own_from_its_start(record: Record, server: Server) -> None:
    record.of("CREATE TABLE a (id int PRIMARY KEY)")
    executions = record.of("SELECT 1; REINDEX TABLE a")
    expected = [("REINDEX", "REINDEX TABLE a")] if server.major >= 17 else []  # it fires none before
    assert own(executions) == expected


def test_what_ran_while_capture_was_off_is_passed_by(record: Record) -> None:
    [execution] = record.of(
        "SELECT script_tracking.set_setting('capture.enabled', 'off'); CREATE TABLE unseen (); "
        "SELECT script_tracking.set_setting('capture.enabled', 'on'); CREATE TABLE seen ()"
    )
    assert (execution.statement, execution.objects) == ("CREATE TABLE seen ()", ["public.seen"])
