"""A script is read as psql reads it, and nothing that leaves the copy gets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbtrack.errors import UsageError
from dbtrack.predict.forms import parse
from dbtrack.predict.guard import refusal
from dbtrack.predict.psql_words import script_of
from dbtrack.predict.script import read_script, read_script_file

_SCRIPT = r"""
\set table orders
\echo don't do this; not that either
BEGIN; -- a comment; with a semicolon
ALTER TABLE :table ADD COLUMN x int DEFAULT '5'::int;
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
DO $body$ BEGIN PERFORM ';'; END $body$;
COPY orders FROM STDIN;
1	don't; stop
\.
SELECT :'table', :"table", a[1:2], x::text, :unknown \g
COMMIT
"""


def test_statements_are_those_of_psql(tmp_path: Path) -> None:
    included = tmp_path / "more.sql"
    included.write_text("DROP TABLE included;\n")
    path = tmp_path / "main.sql"
    path.write_text(_SCRIPT + ";\n\\ir more.sql\n")
    script = read_script(read_script_file(path), path)
    assert [(s.line, s.text) for s in script.statements] == [
        (4, "BEGIN"),
        (5, "ALTER TABLE orders ADD COLUMN x int DEFAULT '5'::int"),
        (
            6,
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END",
        ),
        (7, "DO $body$ BEGIN PERFORM ';'; END $body$"),
        (8, "COPY orders FROM STDIN"),
        (11, "SELECT 'orders', \"orders\", a[1:2], x::text, :unknown"),
        (12, "COMMIT"),
        (1, "DROP TABLE included"),
    ]
    assert script.statements[-1].file == str(included)
    assert script.notes == ("the data of COPY was left out",)


def test_variables_and_lines_of_a_long_script() -> None:
    text = "\\set s app\n\\set two 'a; DROP TABLE b'\nDROP TABLE :s.t,\n  :\"s\".u; SELECT :'s'::text;\n:two; \\echo x\nSELECT :s"
    script = read_script(text)
    assert [(s.line, s.text) for s in script.statements] == [
        (3, 'DROP TABLE app.t,\n  "app".u'),
        (4, "SELECT 'app'::text"),
        (5, "a"),
        (5, "DROP TABLE b"),
        (6, "SELECT app"),
    ]
    for statement in script.statements:
        base = statement.tokens[0].start
        texts = [statement.text[token.start - base : token.end - base] for token in statement.tokens]
        assert texts == [token.text for token in statement.tokens]


def test_a_long_script_is_read_once() -> None:
    """The work grows with the length of the script: each character is looked at once for its line."""
    looked_at = 0

    class Counted(str):
        __slots__ = ()

        def count(self, sub: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
            nonlocal looked_at
            stop = len(self) if end is None else end
            looked_at += stop - start
            return str(self).count(sub, start, stop)

    script = read_script(Counted("SELECT 1;\n" * 300))
    assert script.statements[-1].line == 300
    assert looked_at <= 300 * len("SELECT 1;\n")


@pytest.mark.parametrize(
    "text", [r"\connect other", r"\if true", r"SELECT 1 \gexec", r"\nonsense", r"\i missing.sql"]
)
def test_what_cannot_be_known_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_script(text)


@pytest.mark.parametrize(
    ("sql", "is_shared", "is_harmless"),
    [
        ("CREATE ROLE x", False, True),
        ("GRANT a TO b", False, True),
        ("ALTER SYSTEM SET x = 1", False, True),
        ("GRANT CREATE ON DATABASE d TO b", True, True),
        ("COPY t TO PROGRAM 'x'", False, False),
        ("COPY t FROM STDIN", False, True),
        ("SELECT dblink_exec('host=prod', 'DROP TABLE t')", False, False),
        ("DO $$BEGIN PERFORM pg_terminate_backend(1); END$$", False, False),
        ("CREATE USER MAPPING FOR x SERVER y", False, True),
        ("LOAD 'x'", False, False),
        ("PREPARE TRANSACTION 'x'", False, False),
        ("DROP OWNED BY x", False, False),
        ("IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z", False, False),
        ("DO $$BEGIN END$$", True, False),
        ("SELECT f()", True, False),
        ("UPDATE t SET a = f()", True, False),
    ],
)
def test_what_leaves_the_copy_is_refused(sql: str, is_shared: bool, is_harmless: bool) -> None:
    (statement,) = read_script(sql).statements
    refused = refusal(statement, is_shared=is_shared)
    assert refused is not None
    assert refused.is_harmless is is_harmless


@pytest.mark.parametrize(
    "sql",
    ["ALTER TABLE t ADD x int", "GRANT SELECT ON t TO x", "CREATE INDEX ON t (a)", "COMMIT", "TRUNCATE t"],
)
def test_what_stays_on_the_copy_is_not(sql: str) -> None:
    (statement,) = read_script(sql).statements
    assert refusal(statement, is_shared=True) is None


@pytest.mark.parametrize(
    ("sql", "form", "name"),
    [
        (
            'ALTER TABLE IF EXISTS ONLY "my schema"."T" ALTER a SET NOT NULL',
            "set not null",
            '"my schema"."T"',
        ),
        ("ALTER TABLE t ADD a int, ALTER b TYPE bigint", "change the type of a column", "t"),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "add constraint not valid", "t"),
        ("ALTER TABLE t ADD a int CHECK (a > 0)", "add column with a check", "t"),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "create index concurrently", "t"),
        ("CREATE INDEX ON ONLY t (a)", "create index", "t"),
        ("VACUUM (FULL, ANALYZE) t", "vacuum full", "t"),
        ("TRUNCATE TABLE ONLY t", "truncate", "t"),
        ("CREATE TABLE x PARTITION OF p FOR VALUES IN (1)", "create table of a partition", "p"),
        ("ALTER TABLE p DETACH PARTITION x CONCURRENTLY", "detach partition concurrently", "p"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "refresh materialized view concurrently", "v"),
    ],
)
def test_the_form_of_a_statement(sql: str, form: str, name: str) -> None:
    parsed = parse(read_script(sql).statements[0])
    assert (parsed.form, parsed.name) == (form, name)


def test_the_script_of_a_command_line(tmp_path: Path) -> None:
    path = tmp_path / "v42.sql"
    path.write_text("ALTER TABLE :t ADD x int")
    found = script_of(
        ["/usr/bin/psql", "-Xqv", "ON_ERROR_STOP=1", "-d", "shop", "--set=t=orders", "-1f", str(path)]
    )
    assert found is not None
    script, is_one = found
    assert [statement.text for statement in script.statements] == ["ALTER TABLE orders ADD x int"]
    assert is_one
    assert script_of(["alembic", "-f", str(path)]) is None
    assert script_of(["psql", "-d", "shop"]) is None
