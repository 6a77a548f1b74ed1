"""What goes with a temporary object fires no event trigger: it is noted before, and found afterwards."""

from __future__ import annotations

import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.recorded import Record

pytestmark = pytest.mark.every_server

TABLES = (
    "CREATE TABLE pay (id int, amount text)",
    "CREATE TABLE guarded (id int DEFAULT 1)",
    "CREATE POLICY own ON guarded USING (true)",
    "CREATE VIEW answer AS SELECT 1 AS x",
)
TEMPORARY = (
    "CREATE TYPE pg_temp.mood AS ENUM ('5')",
    "CREATE FUNCTION pg_temp.yes() RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'",
    "CREATE FUNCTION pg_temp.one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TEMPORARY TABLE scratch (id int)",
)
DEPENDENT = {
    "a column's type": (
        "ALTER TABLE pay ALTER amount TYPE pg_temp.mood USING amount::pg_temp.mood",
        "pg_temp.mood",
    ),
    "a column's array type": ("ALTER TABLE pay ADD moods pg_temp.mood[]", "pg_temp.mood[]"),
    "a column's row type": ("ALTER TABLE pay ADD part scratch", "pg_temp.scratch"),
    "a policy": ("ALTER POLICY own ON guarded USING (pg_temp.yes())", "pg_temp.yes()"),
    "a view": ("CREATE OR REPLACE VIEW answer AS SELECT pg_temp.one() AS x", "pg_temp.one()"),
    "a default": ("ALTER TABLE guarded ALTER id SET DEFAULT pg_temp.one()", "pg_temp.one()"),
    "a check": ("ALTER TABLE guarded ADD CHECK (pg_temp.yes())", "pg_temp.yes()"),
    "a trigger": (
        "CREATE TRIGGER k BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION pg_temp.keep()",
        "pg_temp.keep()",
    ),
    "a rule": ("CREATE RULE r AS ON INSERT TO pay DO ALSO DELETE FROM scratch", "pg_temp.scratch"),
    "a function": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT count(*)::int FROM scratch; END",
        "pg_temp.scratch",
    ),
    "an index": ("CREATE INDEX ON pay ((pg_temp.one()))", "pg_temp.one()"),
    "a domain": ("CREATE DOMAIN positive AS int CHECK (pg_temp.yes())", "pg_temp.yes()"),
}


@pytest.fixture
def shop(installed: Database) -> Database:
    """A database after its baseline, in a session with some temporary objects."""
    for statement in TABLES:
        installed.execute(statement)
    schema.reconcile(installed)
    for statement in TEMPORARY:
        installed.execute(statement)
    return installed


def found(database: Database) -> list[tuple[str, str, str]]:
    return [row[:3] for row in schema.reconcile(database).unattributed]


def test_the_record_notes_what_a_permanent_object_depends_on(record: Record) -> None:
    record.of(*TABLES, *TEMPORARY)
    for what, (statement, reference) in DEPENDENT.items():
        (execution,) = record.of(statement)
        assert reference in execution.metadata.get("depends_on_temporary", []), what


def test_it_notes_nothing_of_what_depends_on_permanent_objects_alone(record: Record) -> None:
    record.of(*TABLES, *TEMPORARY)
    for execution in record.of(
        "CREATE TABLE plain AS SELECT * FROM scratch", "CREATE INDEX ON pay (id)", "DROP VIEW answer"
    ):
        assert "depends_on_temporary" not in execution.metadata


def test_what_vanished_is_found_though_other_commands_on_it_were_recorded(shop: Database) -> None:
    for statement in (DEPENDENT["a column's type"], DEPENDENT["a policy"], DEPENDENT["a view"]):
        shop.execute(statement[0])
    shop.execute("DISCARD TEMP")
    # Its own records of the same objects do not explain that they are gone.
    shop.execute("ALTER TABLE pay ADD COLUMN note text")
    shop.execute("COMMENT ON COLUMN pay.note IS 'x'")
    shop.execute("ALTER TABLE pay ADD COLUMN other text")
    shop.execute("ALTER TABLE pay RENAME COLUMN other TO amount")
    (policy, table, view) = schema.reconcile(shop).unattributed
    assert (policy[:3], view[:3]) == (
        ("policy", "own on public.guarded", "dropped"),
        ("view", "public.answer", "dropped"),
    )
    assert table[:3] == ("table", "public.pay", "changed")


def test_a_default_that_vanished_is_found(shop: Database) -> None:
    shop.execute(DEPENDENT["a default"][0])
    assert found(shop) == []
    shop.execute("DISCARD TEMP")
    shop.execute("ALTER TABLE guarded ADD COLUMN note text")
    assert found(shop) == [("table", "public.guarded", "changed")]


def test_an_object_that_vanished_and_was_created_again_is_found(shop: Database) -> None:
    shop.execute(DEPENDENT["a policy"][0])
    shop.execute("DISCARD TEMP")
    shop.execute("CREATE POLICY own ON guarded USING (true)")
    assert found(shop) == [("policy", "own on public.guarded", "recreated")]


def test_while_the_temporary_objects_live_there_is_nothing_to_find(shop: Database) -> None:
    for statement, _ in DEPENDENT.values():
        shop.execute(statement)
    assert found(shop) == []


GONE = {
    "a column": ["ALTER TABLE pay DROP COLUMN amount"],
    "a column, under another name": [
        "ALTER TABLE pay RENAME amount TO sum",
        "ALTER TABLE pay DROP COLUMN sum",
    ],
    "a column of a table that had another name": [
        "ALTER TABLE pay RENAME TO paid",
        "ALTER TABLE paid DROP COLUMN amount",
        "ALTER TABLE paid RENAME TO settled",
    ],
    "a column that an index, statistics and a constraint go with": [
        "CREATE TABLE many (a int, b int UNIQUE)",
        "CREATE INDEX ON many (b)",
        "CREATE STATISTICS s ON a, b FROM many",
    ],
    "a column of a child and of a partition": [
        "CREATE TABLE parent (a int, b int)",
        "CREATE TABLE child () INHERITS (parent)",
        "CREATE TABLE split (a int, b int REFERENCES keyed) PARTITION BY RANGE (a)",
        "CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (0) TO (1)",
        "CREATE TRIGGER k AFTER INSERT ON split FOR EACH ROW EXECUTE FUNCTION nothing()",
    ],
    "an attribute of a type": ["CREATE TYPE pair AS (x int, y int)", "CREATE TABLE pairs OF pair"],
    "defaults": [
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'",
        "CREATE TABLE a (one int DEFAULT 1, two int DEFAULT one(), three int DEFAULT 3)",
        "ALTER TABLE a ADD four int NOT NULL DEFAULT 4, ADD five int DEFAULT 5",
        "CREATE TABLE b () INHERITS (a)",
        "CREATE VIEW v AS SELECT one FROM a",
        "ALTER VIEW v ALTER one SET DEFAULT 1",
    ],
    "an identity, a not-null, a constraint, a domain": [
        "CREATE TABLE numbered (a int GENERATED ALWAYS AS IDENTITY, b int NOT NULL, CONSTRAINT c CHECK (b > 0))",
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        "CREATE TABLE counted (a int, b positive)",
    ],
}
DROPS = {
    "a column that an index, statistics and a constraint go with": ["ALTER TABLE many DROP COLUMN b"],
    "a column of a child and of a partition": [
        "ALTER TABLE parent DROP COLUMN b",
        "ALTER TABLE split DETACH PARTITION split_1",
        "ALTER TABLE split DROP COLUMN b",
    ],
    "an attribute of a type": ["ALTER TYPE pair DROP ATTRIBUTE y CASCADE"],
    "defaults": [
        "ALTER TABLE a ALTER one DROP DEFAULT",
        "DROP FUNCTION one() CASCADE",
        "ALTER TABLE a ALTER three TYPE bigint",
        "ALTER TABLE a ALTER four DROP DEFAULT",
        "ALTER TABLE a ALTER four ADD GENERATED ALWAYS AS IDENTITY",
        "ALTER VIEW v ALTER one DROP DEFAULT",
        "ALTER TABLE a RENAME five TO six",
        "ALTER TABLE a ALTER six DROP DEFAULT",
    ],
    "an identity, a not-null, a constraint, a domain": [
        "ALTER TABLE numbered ALTER a DROP IDENTITY",
        "ALTER TABLE numbered ALTER b DROP NOT NULL",
        "ALTER TABLE numbered DROP CONSTRAINT c",
        "DROP DOMAIN positive CASCADE",
    ],
}


def test_what_was_dropped_by_recorded_commands_is_explained(installed: Database) -> None:
    installed.execute("CREATE TABLE keyed (id int PRIMARY KEY)")
    installed.execute(
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    for name, statements in GONE.items():
        installed.execute("DROP TABLE IF EXISTS pay, paid, settled")
        installed.execute(TABLES[0])
        before, dropping = (statements, DROPS[name]) if name in DROPS else ([], statements)
        for statement in before:
            installed.execute(statement)
        schema.reconcile(installed, baseline=True)
        for statement in dropping:
            installed.execute(statement)
        assert found(installed) == [], name


def test_the_record_names_what_an_alter_dropped(record: Record) -> None:
    record.of("CREATE TABLE t (a int, b int)", "CREATE VIEW v AS SELECT b FROM t")
    (execution,) = record.of("ALTER TABLE t DROP COLUMN b CASCADE")
    assert execution.metadata["dropped_objects"] == ["public.t.b", "public.v"]
    (execution,) = record.of("ALTER TABLE t ADD COLUMN c int, ADD COLUMN d int")
    assert "dropped_objects" not in execution.metadata
