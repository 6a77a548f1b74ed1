"""The recorded versions of objects: together they are what the catalogs have, after each DDL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.database.objects.statements import statements
from tests.support.recorded import Record
from tests.support.servers import Server

DIFFERENCES = (Path(__file__).parent / "catalog.sql").read_text()


def rows(record: Record, query: str) -> list[tuple[Any, ...]]:
    return record.connection.execute(query.encode()).fetchall()


def parts(record: Record, identity: str) -> list[tuple[Any, ...]]:
    """Each recorded part of an object, in order: part, name, body."""
    return rows(
        record,
        "SELECT p.part, p.name, p.body FROM script_tracking.object_s AS s "
        "CROSS JOIN LATERAL script_tracking.object_parts(s.definition) AS p "
        f"WHERE s.object_identity = '{identity}' ORDER BY s.version_number, p.part",
    )


def sweep(record: Record) -> None:
    record.connection.execute("UPDATE script_tracking.object_state SET swept_at = now() - interval '2 days'")
    [(outcome, details)] = rows(
        record, "SELECT outcome, details FROM script_tracking.maintain() WHERE task = 'objects'"
    )
    assert outcome == "done", details


@pytest.mark.every_server
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_after_each_ddl_the_record_is_what_the_catalogs_have(record: Record, server: Server) -> None:
    differing = []
    known: list[tuple[Any, ...]] = []
    for statement in statements():
        record.connection.execute(statement.encode())
        now = rows(record, DIFFERENCES)
        if [row for row in now if row not in known]:
            differing.append((statement, now))
        known = now
    # Before 17 nobody is told which indexes it replaced.
    told = ["REINDEX TABLE CONCURRENTLY h.b"] if server.major < 17 else []
    assert [statement for statement, _ in differing] == told, differing
    [(unsealed,)] = rows(
        record,
        "SELECT count(*) FROM (SELECT FROM script_tracking.object_s AS s "
        "JOIN script_tracking.script_execution_s AS e USING (script_execution_hk) "
        "GROUP BY s.script_execution_hk HAVING NOT bool_or(e.metadata ? 'object_digest')) AS u",
    )
    assert unsealed == 0


@pytest.mark.every_server
def test_versions_inside_one_transaction(record: Record) -> None:
    connection = record.connection
    connection.execute("CREATE TABLE a (i int, j int)")
    with connection.transaction():
        for default in (1, 2, 1):
            connection.execute(f"ALTER TABLE a ALTER COLUMN i SET DEFAULT {default}".encode())
        connection.execute("ALTER TABLE a ALTER COLUMN j SET DEFAULT 9")
        with connection.transaction(force_rollback=True):
            connection.execute("ALTER TABLE a ALTER COLUMN i SET DEFAULT 3")
        with connection.transaction():
            connection.execute("ALTER TABLE a ALTER COLUMN i SET DEFAULT 4")
    found = [(part, body["default"]) for part, _, body in parts(record, "public.a")[3:]]
    assert found == [
        ("column 1", "1"),
        ("column 1", "2"),
        ("column 1", "1"),
        ("column 2", "9"),
        ("column 1", "4"),
    ]
    # What is described without a search, and again in the same transaction.
    with connection.transaction():
        connection.execute("CREATE TABLE b (i int, j int)")
        connection.execute("CREATE INDEX first ON b (i)")
        for text in ("one", "two", "one"):
            connection.execute(f"COMMENT ON COLUMN b.j IS '{text}'".encode())
        connection.execute("CREATE INDEX ON b (j)")
        connection.execute("GRANT SELECT ON b TO PUBLIC")
        connection.execute("ALTER TABLE b RENAME COLUMN j TO k")
        connection.execute("ALTER TABLE b RENAME TO c")
        connection.execute("DROP INDEX first")
    assert [body["comment"] for part, _, body in parts(record, "public.b") if part == "comment column 2"] == [
        "one", "two", "one", "one",
    ]  # fmt: skip
    assert rows(record, DIFFERENCES) == []
    # DDL that a trigger runs inside another one belongs to the inner one; the outer one is complete too.
    connection.execute(
        "CREATE FUNCTION adds() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN "
        "IF NOT EXISTS (SELECT FROM pg_attribute WHERE attname = 'inner_added') THEN ALTER TABLE a ADD inner_added int; END IF; "
        "END$$; CREATE EVENT TRIGGER adds ON ddl_command_end WHEN tag IN ('CREATE TABLE') EXECUTE FUNCTION adds()"
    )
    connection.execute("CREATE TABLE outer_made (k int DEFAULT 5)")
    connection.execute("DROP EVENT TRIGGER adds")
    # Statements that a function runs, and hostile settings of the session.
    connection.execute(
        'SET quote_all_identifiers = on; SET search_path = pg_temp; SET bytea_output = escape; SET "DateStyle" = german'
    )
    connection.execute(
        "DO $$BEGIN FOR n IN 1..3 LOOP EXECUTE format('ALTER TABLE public.a ADD \"c%s\" date DEFAULT ''2026-01-31''', n); "
        "END LOOP; END$$"
    )
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        connection.execute("ALTER TABLE public.a ADD serial_column int")
    connection.execute("RESET ALL")
    assert rows(record, DIFFERENCES) == []


def test_definitions_lose_the_literals_of_parts_that_carry_a_secret(record: Record) -> None:
    secret = "hunter2"
    for statement in (
        # What stands beside a secret is not kept, as in the statement; a statement of its own is.
        f"CREATE TABLE t (password text DEFAULT '{secret}', plain text DEFAULT 'beside')",
        "ALTER TABLE t ADD other text DEFAULT 'kept'",
        f"COMMENT ON COLUMN t.password IS 'the password is {secret}'",
        f"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $b$SELECT dblink('password={secret}')$b$".replace(
            "dblink(", "concat("
        ),
        "ALTER FUNCTION f() SET work_mem = '1MB'",
        f"CREATE VIEW v AS SELECT 'password={secret}'::text AS x",
        "CREATE FOREIGN DATA WRAPPER w",
        f"CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', user 'u', passwd '{secret}')",
        # The name of the table is the only word that tells.
        f"CREATE TABLE passwords (id serial, v text DEFAULT '{secret}')",
        f"COMMENT ON COLUMN passwords.v IS '{secret}'",
        f"CREATE POLICY p ON passwords USING (v = '{secret}')",
        # Without quotes.
        f"CREATE TYPE e AS ENUM ('password={secret}')",
        f"CREATE AGGREGATE g (text) (SFUNC = textcat, STYPE = text, INITCOND = 'password={secret}')",
        f"CREATE SERVER s2 TYPE 'password={secret}' FOREIGN DATA WRAPPER w",
        "GRANT EXECUTE ON FUNCTION f() TO dbtrack_owner",
        # Only the name of the schema tells, and the statement does not have it.
        "CREATE SCHEMA passwords CREATE TABLE hidden (v text)",
        "SET search_path = passwords",
        f"COMMENT ON TABLE hidden IS '{secret}'",
        f"COMMENT ON COLUMN hidden.v IS '{secret}'",
        "RESET search_path",
        f"CREATE TABLE line (s serial, v text DEFAULT $$a\npassword={secret}$$)",
    ):
        record.connection.execute(statement.encode())
    stored = str(rows(record, "SELECT s.* FROM script_tracking.object_s AS s"))
    assert secret not in stored
    assert "beside" not in stored
    assert "kept" in stored
    assert "host=h" in stored
    assert "dbtrack_owner=X" in stored
    assert "nextval('public.passwords_id_seq'::regclass)" in stored.replace("\\'", "'")
    # Nor does a sweep store it, which sees no statement; an empty literal that is set again is not taken for one left out.
    record.connection.execute("ALTER TABLE t ADD empty text DEFAULT ''")
    record.connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    record.connection.execute("ALTER TABLE t ALTER empty SET DEFAULT 'unseen'")
    record.connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    sweep(record)
    swept = rows(
        record, "SELECT object_identity, definition FROM script_tracking.object_s WHERE cause = 'reconcile'"
    )
    assert [identity for identity, _ in swept] == ["public.t"]
    assert "unseen" in str(swept)
    stored = str(rows(record, "SELECT s.* FROM script_tracking.object_s AS s"))
    assert secret not in stored
    assert "beside" not in stored
    record.connection.execute("SELECT script_tracking.set_setting('redaction.mode', 'all')")
    record.connection.execute("ALTER TABLE t ADD another text DEFAULT 'not stored'")
    assert "not stored" not in str(rows(record, "SELECT s.* FROM script_tracking.object_s AS s"))


@pytest.mark.every_server
def test_maintain_finds_what_capture_did_not_describe(record: Record) -> None:
    connection = record.connection
    connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    connection.execute(
        "CREATE TABLE before (i int PRIMARY KEY); CREATE FUNCTION old() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    sweep(record)
    assert rows(record, DIFFERENCES) == []
    causes = (
        "SELECT object_identity, cause FROM script_tracking.object_s ORDER BY version_number, object_identity"
    )
    assert ("public.before", "baseline") in rows(record, causes)
    # What is unseen becomes a version that nobody explains; a dropped object too.
    connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    connection.execute("ALTER TABLE before ADD unseen int; DROP FUNCTION old()")
    connection.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    assert [row[:2] for row in rows(record, DIFFERENCES)] != []
    sweep(record)
    assert rows(record, DIFFERENCES) == []
    assert rows(record, causes)[-2:] == [
        ("public.before", "reconcile"),
        ("public.old()", "reconcile"),
    ] or rows(record, causes)[-2:] == [("public.old()", "reconcile"), ("public.before", "reconcile")]
    # More partitions than one DDL describes are left to maintain, with the DDL as their cause.
    connection.execute("CREATE TABLE p (i int) PARTITION BY LIST (i)")
    for number in range(4):
        connection.execute(f"CREATE TABLE p{number} PARTITION OF p FOR VALUES IN ({number})".encode())
    connection.execute("SELECT script_tracking.set_setting('capture.described_objects', '2')")
    connection.execute("ALTER TABLE p ADD many int")
    [(pending,)] = rows(
        record,
        "SELECT metadata ->> 'objects_pending' FROM script_tracking.script_execution_s "
        "WHERE metadata ->> 'command_tag' = 'ALTER TABLE' ORDER BY version_number DESC LIMIT 1",
    )
    assert pending == "3"
    [(outcome,)] = rows(record, "SELECT outcome FROM script_tracking.maintain() WHERE task = 'objects'")
    assert (outcome, rows(record, DIFFERENCES)) == ("done", [])
    # Nothing is added twice, and the hub knows every object.
    count = rows(record, "SELECT count(*) FROM script_tracking.object_s")
    sweep(record)
    assert rows(record, "SELECT count(*) FROM script_tracking.object_s") == count
    assert rows(record, "SELECT count(DISTINCT object_hk) FROM script_tracking.object_s") == rows(
        record, "SELECT count(*) FROM script_tracking.object_h"
    )


@pytest.mark.every_server
def test_rewrites_and_sizes_are_in_the_metadata(record: Record) -> None:
    connection = record.connection
    connection.execute("CREATE TABLE big AS SELECT i, i::text AS v FROM generate_series(1, 1000) AS i")
    connection.execute("ANALYZE big")
    connection.execute("ALTER TABLE big ALTER COLUMN i TYPE bigint")
    connection.execute("ALTER TABLE big ALTER COLUMN v SET NOT NULL")
    found = rows(
        record,
        "SELECT metadata -> 'rewritten', metadata -> 'rewrite_reason', metadata -> 'relation_size' FROM "
        "script_tracking.script_execution_s ORDER BY version_number",
    )
    # The size before it was rewritten.
    rewritten, reason, size = found[1]
    assert (rewritten, reason) == (["public.big"], {"public.big": 4})
    assert size["public.big"][0] == 1000
    assert size["public.big"][2] == size["public.big"][1] * 8192
    connection.execute("ANALYZE big; ALTER TABLE big ALTER COLUMN v SET STATISTICS 5")
    [(metadata,)] = rows(
        record, "SELECT metadata FROM script_tracking.script_execution_s ORDER BY version_number DESC LIMIT 1"
    )
    assert metadata["relation_size"]["public.big"][0] == 1000
    assert "rewritten" not in metadata


def test_without_the_setting_nothing_is_described_and_an_error_costs_only_the_description(
    record: Record, installed_conninfo: str
) -> None:
    connection = record.connection
    connection.execute("SELECT script_tracking.set_setting('capture.object_history', 'off')")
    connection.execute("CREATE TABLE silent (i int)")
    connection.execute("DROP TABLE silent")
    assert rows(record, "SELECT count(*) FROM script_tracking.object_s") == [(0,)]
    connection.execute("SELECT script_tracking.set_setting('capture.object_history', 'on')")
    with psycopg.connect(installed_conninfo, autocommit=True) as other:
        other.execute(
            "ALTER FUNCTION script_tracking.relation_parts(oid, boolean, bigint, text, oid[], integer, jsonb, text, text) "
            "RENAME TO gone"
        )
        other.execute("CREATE TABLE kept (i text DEFAULT 'x')")
    [(statement, missing)] = rows(
        record,
        "SELECT sql_command, metadata -> 'not_described' FROM script_tracking.script_execution_s "
        "WHERE affected_objects = '{public.kept}'",
    )
    assert (statement, missing) == ("CREATE TABLE kept (i text DEFAULT 'x')", {"history": "42883"})


def test_altered_versions_are_found_and_replaced_ones_are_removed_after_their_time(record: Record) -> None:
    connection = record.connection
    connection.execute(
        "CREATE TABLE t (i int DEFAULT 1); ALTER TABLE t ALTER COLUMN i SET DEFAULT 2; CREATE TABLE u (i int)"
    )
    connection.execute("CREATE INDEX CONCURRENTLY ON t (i)")
    connection.execute("DROP TABLE u")
    sweep(record)
    assert rows(record, "SELECT * FROM script_tracking.get_altered_objects()") == []
    connection.execute("BEGIN")
    connection.execute(
        "UPDATE script_tracking.object_s SET definition = jsonb_set(definition, '{column 1, 4}', '\"9\"') "
        "WHERE object_identity = 'public.t' AND definition ? 'column 1'"
    )
    connection.execute(
        "DELETE FROM script_tracking.object_s WHERE object_identity = 'public.u' AND definition ? 'object'"
    )
    found = rows(
        record, "SELECT object_identity, problem FROM script_tracking.get_altered_objects() ORDER BY 1, 2"
    )
    connection.execute("ROLLBACK")
    hash_differs = ("public.t", "the version does not match its hash")
    assert found == [hash_differs, hash_differs, (None, "a version is missing, added or replaced")]
    # A year later, only what the newest versions need remains.
    connection.execute("UPDATE script_tracking.object_s SET load_date = load_date - interval '1 year'")
    connection.execute("SELECT script_tracking.cleanup_step(now() - interval '1 year', 1000)")
    before = rows(record, "SELECT count(*) FROM script_tracking.object_s")
    connection.execute("SELECT script_tracking.set_setting('retention.objects_days', '30')")
    connection.execute("SELECT script_tracking.cleanup_step(now() - interval '1 year', 1000)")
    assert rows(record, "SELECT count(*) FROM script_tracking.object_s") < before
    assert rows(record, DIFFERENCES) == []
    assert [row[0] for row in parts(record, "public.u")] == ["object"]


@pytest.mark.every_server
def test_a_locked_table_in_a_definition_delays_no_ddl(
    record: Record, server: Server, installed_conninfo: str
) -> None:
    connection = record.connection
    connection.execute(
        "CREATE TABLE held (i int); CREATE TABLE used (i int); CREATE VIEW v AS SELECT used.i FROM used, held; "
        "CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM held; END; INSERT INTO used VALUES (1); "
        "CREATE TABLE parted (i int) PARTITION BY RANGE (i); CREATE TABLE p1 PARTITION OF parted FOR VALUES FROM (1) TO (9); "
        "INSERT INTO parted VALUES (1); CREATE TABLE p2 (i int); ANALYZE parted"
    )
    with psycopg.connect(installed_conninfo) as holder:
        holder.execute("LOCK TABLE held, p1")
        # With waits for a lock of their own, all of these would be cancelled.
        connection.execute("SET statement_timeout = '5s'")
        changes = (
            "ALTER TABLE used RENAME TO used2",
            "ALTER FUNCTION f() COST 5",
            "COMMENT ON FUNCTION f() IS 'x'",
            "ALTER TABLE ONLY parted ALTER i SET STATISTICS 5",
            # From 18 on GRANT itself locks the table.
            f"GRANT SELECT ON {'p1' if server.major < 18 else 'p2'} TO PUBLIC",
        )
        for change in changes:
            connection.execute(change.encode())
        connection.execute("RESET statement_timeout")
    recorded = rows(
        record,
        "SELECT sql_command, metadata ? 'objects_pending', metadata ? 'not_described' "
        "FROM script_tracking.script_execution_s ORDER BY version_number DESC LIMIT 5",
    )
    pending = [True, True, True, False, False]
    assert recorded[::-1] == [(change, left, False) for change, left in zip(changes, pending, strict=True)]
    sweep(record)
    body = parts(record, "public.v")[-1][2]
    assert "used2" in body["definition"]


def test_an_expression_too_deep_to_be_shown_fails_no_ddl_of_a_large_transaction(record: Record) -> None:
    connection = record.connection
    connection.execute("SELECT script_tracking.set_setting('capture.guarded_commands', '32')")
    # What is recorded of it is told by a warning, which is right here.
    connection.execute("SET client_min_messages = 'error'")
    refusals = []
    for terms in range(9000, 5000, -200):
        try:
            with connection.transaction():
                connection.execute(
                    "DO $$ BEGIN FOR i IN 1..40 LOOP EXECUTE format('CREATE TABLE m%s (i int DEFAULT 1)', i); END LOOP; END $$"
                )
                connection.execute("CREATE TABLE m (i int DEFAULT 1)")
                connection.execute(f"CREATE TABLE deep (i int DEFAULT {'+'.join(['1'] * terms)})".encode())
        except psycopg.errors.StatementTooComplex as error:
            refusals.append(str(error.diag.context))
            continue
        break
    assert not [context for context in refusals if "script_tracking" in context]
    assert rows(
        record,
        "SELECT count(*) FROM script_tracking.script_execution_s WHERE affected_objects = '{public.deep}'",
    ) == [(1,)]
