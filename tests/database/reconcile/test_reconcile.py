"""What changed without a record is found, each change once; what has a record stays quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, PermissionDeniedError
from dbtrack.schema import Outcome
from dbtrack.tenants import tenants
from tests.support.servers.sandbox import RoleFactory

OFF = "SELECT script_tracking.set_setting('capture.enabled', 'off')"
ON = "SELECT script_tracking.set_setting('capture.enabled', 'on')"

TABLES = (
    "CREATE TABLE parent (id int PRIMARY KEY, name text)",
    "CREATE TABLE child (id serial PRIMARY KEY, parent_id int REFERENCES parent, total int)",
    "CREATE TABLE measured (day int NOT NULL, value int) PARTITION BY RANGE (day)",
    "CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM (1) TO (2)",
    "CREATE VIEW totals AS SELECT sum(total) FROM child",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
)
EXPLAINED = {
    "a table with a serial": ["CREATE TABLE fresh (id serial PRIMARY KEY, name text UNIQUE)"],
    "a dropped table": ["DROP TABLE child CASCADE"],
    "a column of a partitioned table": ["ALTER TABLE measured ADD COLUMN unit text DEFAULT 'kg'"],
    "an index of a partitioned table": ["CREATE INDEX ON measured (day)"],
    "a trigger of a partitioned table": [
        "CREATE TRIGGER touched BEFORE INSERT ON measured FOR EACH ROW EXECUTE FUNCTION touch()"
    ],
    "a detached partition": ["ALTER TABLE measured DETACH PARTITION measured_1"],
    "another type of a referenced column": ["ALTER TABLE parent ALTER COLUMN id TYPE bigint"],
    "another name": ["ALTER TABLE parent RENAME TO mother", "ALTER FUNCTION touch() RENAME TO touched"],
    "another name, and then gone": [
        "ALTER TABLE child RENAME TO offspring",
        "DROP TABLE offspring CASCADE",
        "ALTER FUNCTION touch() RENAME TO touched",
        "DROP FUNCTION touched()",
    ],
    "another schema, and then gone": [
        "CREATE SCHEMA archive",
        "ALTER TABLE child SET SCHEMA archive",
        "DROP SCHEMA archive CASCADE",
    ],
    "another name of the schema": ["ALTER SCHEMA public RENAME TO private"],
    "another schema": ["CREATE SCHEMA archive", "ALTER TABLE child SET SCHEMA archive"],
    "a column with all that hangs on it": ["ALTER TABLE child DROP COLUMN total CASCADE"],
    "a new body": [
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    ],
    "a view": ["CREATE OR REPLACE VIEW totals AS SELECT sum(total), 1 AS one FROM child"],
    "comments": ["COMMENT ON COLUMN parent.name IS 'who'", "COMMENT ON SCHEMA public IS 'what'"],
    "grants": ["GRANT SELECT ON parent TO PUBLIC", "GRANT UPDATE (name) ON parent TO PUBLIC"],
    "default privileges": ["ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC"],
    "a policy": [
        "ALTER TABLE parent ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON parent USING (true)",
        "ALTER POLICY own ON parent USING (false)",
    ],
    "row triggers": [
        "CREATE TRIGGER touched BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION touch()",
        "ALTER TABLE parent DISABLE TRIGGER ALL",
    ],
    "types": [
        "CREATE TYPE mood AS ENUM ('sad')",
        "ALTER TYPE mood ADD VALUE 'happy'",
        "CREATE DOMAIN d AS int",
    ],
    "a publication": ["CREATE PUBLICATION news FOR TABLE parent", "ALTER PUBLICATION news ADD TABLE child"],
    "a schema with all in it": ["CREATE SCHEMA s CREATE TABLE t (id int)", "DROP SCHEMA s CASCADE"],
    "concurrently": ["CREATE INDEX CONCURRENTLY ON child (total)", "REINDEX INDEX CONCURRENTLY child_pkey"],
    "REINDEX": ["REINDEX TABLE child", "REINDEX TABLE CONCURRENTLY child"],
    "not a change": ["ANALYZE", "INSERT INTO parent VALUES (1)", "VACUUM FULL parent", "TRUNCATE child"],
    "temporary": ["CREATE TEMP TABLE scratch (id serial PRIMARY KEY)"],
    "the session's own settings": ["SET work_mem = '5MB'", "SET TimeZone = 'Asia/Tokyo'"],
}
UNRECORDED: dict[str, tuple[str, str, str, dict[str, object]]] = {
    "a column": ("ALTER TABLE parent ADD COLUMN age int", "table", "public.parent", {"column age": "integer"}),
    "another type": ("ALTER TABLE parent ALTER name TYPE varchar(9)", "table", "public.parent", {"column name": "character varying(9)"}),
    "a default": ("ALTER TABLE parent ALTER name SET DEFAULT 'x'", "table", "public.parent", {}),
    "row security": ("ALTER TABLE parent ENABLE ROW LEVEL SECURITY", "table", "public.parent", {"row security": "enabled"}),
    "storage options": ("ALTER TABLE parent SET (fillfactor = 50)", "table", "public.parent", {"options": ["fillfactor=50"]}),
    "a grant": ("GRANT SELECT ON parent TO PUBLIC", "table", "public.parent", {}),
    "a grant on a column": ("GRANT SELECT (name) ON parent TO PUBLIC", "table", "public.parent", {"acl of column name": "{=r/postgres}"}),
    "a grant on a function of PostgreSQL's": ("GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO PUBLIC", "function", "pg_catalog.pg_ls_dir(pg_catalog.text)", {}),
    "another owner": ("ALTER TABLE parent OWNER TO pg_monitor", "table", "public.parent", {"owner": "pg_monitor"}),
    "another name": ("ALTER TABLE parent RENAME TO mother", "table", "public.mother", {"name": "public.mother"}),
    "a view's query": ("CREATE OR REPLACE VIEW totals AS SELECT sum(id) FROM child", "view", "public.totals", {}),
    "a function's body": ("CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", "function", "public.touch()", {}),
    "an index": ("CREATE INDEX by_name ON parent (name)", "index", "public.by_name", {"valid": True}),
    "a constraint": ("ALTER TABLE parent ADD CONSTRAINT c CHECK (id > 0)", "table constraint", "c on public.parent", {"kind": "check"}),
    "a trigger": ("CREATE TRIGGER t BEFORE INSERT ON parent EXECUTE FUNCTION touch()", "trigger", "t on public.parent", {"fires": "on origin", "function": "public.touch"}),
    "a rule": ("CREATE RULE r AS ON INSERT TO parent DO INSTEAD NOTHING", "rule", "r on public.parent", {"fires": "on origin"}),
    "a policy": ("CREATE POLICY p ON parent TO pg_monitor", "policy", "p on public.parent", {"roles": ["pg_monitor"]}),
    "a comment": ("COMMENT ON TABLE parent IS 'hm'", "table", "public.parent", {"comment": "hm"}),
    "a type": ("CREATE TYPE mood AS ENUM ('sad')", "type", "public.mood", {"labels": ["sad"]}),
    "a schema": ("CREATE SCHEMA s", "schema", "s", {"owner": "postgres"}),
    "default privileges": ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "default acl", "for role postgres on tables", {}),
    "a sequence": ("ALTER SEQUENCE child_id_seq MAXVALUE 7", "sequence", "public.child_id_seq", {}),
    "the triggers of foreign keys": ("ALTER TABLE child DISABLE TRIGGER ALL", "table", "public.child", {"triggers of foreign keys": "altered"}),
    "a publication": ("CREATE PUBLICATION news FOR ALL TABLES", "publication", "news", {"all tables": True}),
    "statistics": ("CREATE STATISTICS s ON id, name FROM parent", "statistics object", "public.s", {}),
}  # fmt: skip


@pytest.fixture
def shop(installed: Database) -> Iterator[Database]:
    """A database with a few tables, after its baseline; what a run warns of fails the test."""
    for statement in TABLES:
        installed.execute(statement)
    assert schema.reconcile(installed).outcome is Outcome.BASELINE
    yield installed
    assert list(installed.notices) == []


def found(database: Database) -> list[tuple[Any, ...]]:
    """What a run finds: kind, object, change."""
    return [row[:3] for row in schema.reconcile(database).unattributed]


def unrecorded(database: Database, *statements: str) -> None:
    """Run statements while capture is off."""
    database.execute(OFF)
    for statement in statements:
        database.execute(statement)
    database.execute(ON)


@pytest.mark.every_server
def test_nothing_done_is_nothing_found(shop: Database) -> None:
    retention.maintain(shop)
    result = schema.reconcile(shop)
    assert (result.changes, result.unattributed) == (0, [])


@pytest.mark.parametrize("name", EXPLAINED)
def test_what_is_recorded_stays_quiet(shop: Database, name: str) -> None:
    for statement in EXPLAINED[name]:
        shop.execute(statement)
    assert schema.reconcile(shop).unattributed == []


@pytest.mark.parametrize("name", UNRECORDED)
def test_what_is_not_recorded_is_found_once_with_what_differs(shop: Database, name: str) -> None:
    statement, kind, identity, shown = UNRECORDED[name]
    unrecorded(shop, statement)
    (change,) = [row for row in schema.reconcile(shop).unattributed if row[:2] == (kind, identity)]
    assert change[4].items() >= shown.items()
    assert change[3] != change[4]
    assert schema.reconcile(shop).unattributed == []


@pytest.mark.every_server
def test_an_option_of_a_subscription(installed: Database) -> None:
    installed.execute("SET client_min_messages = error")
    installed.execute(
        "CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION news"
        " WITH (connect = false, slot_name = NONE)"
    )
    try:
        schema.reconcile(installed)
        unrecorded(installed, "ALTER SUBSCRIPTION feed SET (binary = true)")
        [change] = schema.reconcile(installed).unattributed
        assert change[:3] == ("subscription", "feed", "changed")
    finally:
        installed.execute("DROP SUBSCRIPTION feed")


@pytest.mark.every_server
def test_a_finding_is_an_execution_with_its_window(shop: Database) -> None:
    unrecorded(shop, "ALTER TABLE parent ALTER name TYPE varchar(9)", "DROP TABLE child CASCADE")
    result = schema.reconcile(shop)
    assert ("table", "public.child", "dropped") in [row[:3] for row in result.unattributed]
    (row,) = [row for row in result.unattributed if row[1] == "public.parent"]
    recorded = shop.row(
        "SELECT script_name, script_type, execution_status, affected_objects, metadata -> 'before' ->> 'column name',"
        " metadata -> 'after' ->> 'column name', (metadata ->> 'window_start')::timestamptz,"
        " (metadata ->> 'window_end')::timestamptz"
        " FROM script_tracking.current_execution WHERE script_execution_hk = %(key)s",
        {"key": row[7]},
    )
    assert recorded == (
        "table changed", "UNATTRIBUTED", "COMPLETED", ["public.parent"], "text", "character varying(9)",
        result.window_start, result.window_end,
    )  # fmt: skip
    count = "SELECT count(*) FROM script_tracking.current_execution WHERE script_type = 'UNATTRIBUTED'"
    assert shop.value(count) == len(result.unattributed)


@pytest.mark.every_server
def test_ddl_that_was_open_while_the_snapshot_was_taken_explains_what_it_did(
    shop: Database, installed_conninfo: str
) -> None:
    with psycopg.connect(installed_conninfo) as migration:
        migration.execute("ALTER TABLE parent ADD COLUMN age int")
        assert found(shop) == []
        migration.commit()
        assert found(shop) == []
        assert schema.reconcile(shop).changes == 0


def test_a_lock_on_a_table_holds_nobody_up(shop: Database, installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as migration:
        migration.execute("LOCK TABLE parent, child, totals IN ACCESS EXCLUSIVE MODE")
        shop.execute("SET lock_timeout = '1s'")
        assert found(shop) == []


def test_a_table_created_again_under_its_name_is_reported_as_that(shop: Database) -> None:
    unrecorded(shop, "DROP VIEW totals", "CREATE VIEW totals AS SELECT 2 AS sum")
    (row,) = schema.reconcile(shop).unattributed
    assert row[:3] == ("view", "public.totals", "recreated")
    assert row[3]["oid"] != row[4]["oid"]


def test_a_grant_explains_grants_only(shop: Database) -> None:
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int", "GRANT SELECT ON child TO PUBLIC")
    shop.execute("GRANT SELECT ON totals TO PUBLIC")
    shop.execute("GRANT UPDATE ON parent TO PUBLIC")
    assert ("table", "public.parent", "changed") in found(shop)


def test_a_schema_does_not_explain_a_role_of_its_name(shop: Database, role: RoleFactory) -> None:
    name = role("shop")
    shop.execute(f"CREATE SCHEMA {name}")
    assert found(shop) == [("role", name, "created")]


def test_what_an_operator_records_explains_nothing(
    shop: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("operator", member_of=["dbtrack_operator"])
    schema.reconcile(shop)
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int", "DROP VIEW totals")
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as operator:
        operator.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation('by hand'),"
            " affected_objects => '{public.parent,public.totals}',"
            " metadata => jsonb_build_object('object_types', '{table,view}'::text[]))"
        )
        for writer in ("tracker_api", "dbtrack_cli", "track_operation"):
            operator.execute(
                "SELECT script_tracking.record_operations(%s, writer => %s)",
                (
                    '[{"script_name": "DROP VIEW", "affected_objects": ["public.parent", "public.totals"]}]',
                    writer,
                ),
            )
    assert found(shop) == [("table", "public.parent", "changed"), ("view", "public.totals", "dropped")]


def test_nobody_completes_a_captured_ddl_with_objects_of_its_own_choice(shop: Database) -> None:
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int")
    shop.execute("INSERT INTO parent VALUES (1, 'a'), (2, 'a')")
    with pytest.raises(DbtrackError, match="could not create unique index"):
        shop.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON parent (name)")
    with pytest.raises(DbtrackError, match="cannot be completed by hand"):
        shop.execute(
            "SELECT script_tracking.complete_operation(script_execution_hk, affected_objects => '{public.parent}')"
            " FROM script_tracking.current_execution WHERE execution_status = 'RUNNING'"
        )
    assert found(shop) == [("table", "public.parent", "changed")]


def test_a_failed_concurrent_index_is_not_a_finding(shop: Database) -> None:
    shop.execute("INSERT INTO parent VALUES (1, 'a'), (2, 'a')")
    with pytest.raises(DbtrackError, match="could not create unique index"):
        shop.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON parent (name)")
    assert found(shop) == []


def test_installing_again_is_not_a_finding(shop: Database) -> None:
    schema.install(shop)
    assert found(shop) == []


def test_a_new_baseline_forgets_what_was_before(shop: Database) -> None:
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int")
    assert schema.reconcile(shop, baseline=True).unattributed == []
    assert schema.reconcile(shop).changes == 0


def test_a_change_undone_before_the_next_run_is_not_seen(shop: Database) -> None:
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int", "ALTER TABLE parent DROP COLUMN age")
    assert found(shop) == []


def test_a_finding_belongs_to_the_tenant_of_its_schema(shop: Database) -> None:
    tenants.add_tenant(shop, "acme")
    tenants.map_schema(shop, "public", "acme")
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int")
    schema.reconcile(shop)
    owner = "SELECT tenant_bk FROM script_tracking.current_execution WHERE script_type = 'UNATTRIBUTED'"
    assert shop.rows(owner) == [("acme",)]


@pytest.mark.every_server
def test_two_at_once(shop: Database, installed_conninfo: str) -> None:
    unrecorded(shop, "ALTER TABLE parent ADD COLUMN age int")
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.reconcile_catalog()")
        with pytest.raises(LockedError, match="another reconcile is running"):
            schema.reconcile(shop)
    assert schema.reconcile(shop).changes == 0


def test_it_is_for_administrators_who_all_see_the_same(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    administrator, operator = (
        role("boss", member_of=("dbtrack_admin",)),
        role("op", member_of=("dbtrack_operator",)),
    )
    schema.reconcile(installed)
    unrecorded(installed, "CREATE TABLE hidden (id int)")
    with (
        psycopg.connect(installed_conninfo, user=operator, autocommit=True) as connection,
        pytest.raises(PermissionDeniedError) as refused,
    ):
        schema.reconcile(Database.wrap(connection))
    assert "dbtrack_admin" in str(refused.value)
    with psycopg.connect(installed_conninfo, user=administrator, autocommit=True) as connection:
        connection.execute("SET work_mem = '9MB'")
        assert found(Database.wrap(connection)) == [("table", "public.hidden", "created")]
    assert found(installed) == []


def test_what_the_owner_may_not_see_is_said(shop: Database) -> None:
    shop.execute("REVOKE pg_read_all_settings FROM dbtrack_owner")
    try:
        assert [row[:2] for row in schema.reconcile(shop).unattributed] == [("role", "dbtrack_owner")]
        (notice,) = shop.notices
        assert notice.message.endswith("GRANT pg_read_all_settings TO dbtrack_owner")
    finally:
        shop.execute("GRANT pg_read_all_settings TO dbtrack_owner")
        shop.notices.clear()


def test_more_objects_than_a_record_holds_explain_what_lies_in_their_schema(shop: Database) -> None:
    shop.execute("SELECT script_tracking.set_setting('capture.objects', '2')")
    shop.execute("CREATE SCHEMA many")
    for number in range(4):
        shop.execute(f"CREATE TABLE many.t{number} (id int PRIMARY KEY)")
    assert found(shop) == []
    unrecorded(shop, "DROP VIEW totals")
    shop.execute("DROP SCHEMA many CASCADE")
    assert found(shop) == [("view", "public.totals", "dropped")]


def test_drop_owned_explains_what_its_roles_owned(shop: Database, role: RoleFactory) -> None:
    shop.execute("SELECT script_tracking.set_setting('capture.objects', '2')")
    login = role("owner")
    shop.execute(f"CREATE SCHEMA many AUTHORIZATION {login}")
    for number in range(4):
        shop.execute(f"CREATE TABLE many.t{number} (id int PRIMARY KEY)")
        shop.execute(f"ALTER TABLE many.t{number} OWNER TO {login}")
    schema.reconcile(shop)
    unrecorded(shop, "DROP VIEW totals")
    shop.execute(f"DROP OWNED BY {login}")
    assert found(shop) == [("view", "public.totals", "dropped")]
