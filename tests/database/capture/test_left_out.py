"""What an administrator leaves out of capture: nothing more than that, and reconcile and doctor know of it."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.schema.settings import list_settings, set_setting
from tests.support.recorded import Record
from tests.support.servers.sandbox import RoleFactory

IGNORE = "SELECT script_tracking.set_setting('capture.ignore_schemas', 'staging, scratch')"
# What dbt does for a model, each time that it runs.
RUN = (
    "CREATE TABLE staging.orders__dbt_tmp AS SELECT 1 AS id",
    "ALTER TABLE staging.orders RENAME TO orders__dbt_backup",
    "ALTER TABLE staging.orders__dbt_tmp RENAME TO orders",
    "DROP TABLE staging.orders__dbt_backup CASCADE",
    "CREATE VIEW staging.latest AS SELECT max(id) AS id FROM staging.orders",
    "CREATE INDEX ON staging.orders (id)",
    "COMMENT ON COLUMN staging.orders.id IS 'which'",
    "ALTER TABLE staging.orders ADD COLUMN total int",
    "CREATE TABLE scratch.plain (id serial PRIMARY KEY, name text UNIQUE)",
    "ALTER TABLE scratch.plain DROP COLUMN name",
    "CREATE TABLE scratch.kept AS SELECT 1 AS id",
    "REFRESH MATERIALIZED VIEW staging.held",
)
BEFORE = (
    "CREATE SCHEMA staging",
    "CREATE SCHEMA scratch",
    "CREATE TABLE staging.orders (id int)",
    "CREATE TABLE staging.other (id int)",
    "CREATE MATERIALIZED VIEW staging.held AS SELECT 1 AS id",
    "CREATE TABLE main (id int PRIMARY KEY)",
    "CREATE TABLE parts (id int) PARTITION BY RANGE (id)",
    "CREATE TYPE staging.mood AS ENUM ('sad')",
    "CREATE TABLE felt (mood staging.mood)",
    "CREATE FUNCTION staging.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
)
RECORDED = (
    "ALTER TABLE main SET SCHEMA staging",
    "ALTER TABLE staging.main SET SCHEMA public",
    "DO $$BEGIN EXECUTE 'ALTER TABLE main SET /* */ SCHEMA staging'; END$$",
    "ALTER TABLE staging.main SET SCHEMA public",
    "CREATE TABLE staging.part PARTITION OF parts FOR VALUES FROM (1) TO (2)",
    "CREATE TABLE staging.child () INHERITS (main)",
    "CREATE TABLE staging.pointing (id int REFERENCES main)",
    "ALTER TABLE staging.other ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE staging.other OWNER TO pg_monitor",
    "ALTER TABLE parts ATTACH PARTITION staging.other DEFAULT",
    "GRANT SELECT ON staging.other TO PUBLIC",
    "CREATE POLICY p ON staging.other",
    "CREATE TRIGGER t BEFORE INSERT ON staging.other FOR EACH ROW EXECUTE FUNCTION staging.f()",
    "CREATE FUNCTION staging.g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE VIEW shown AS SELECT id FROM staging.other",
    "DROP TYPE staging.mood CASCADE",
    "CREATE INDEX CONCURRENTLY ON staging.child (id)",
    "CREATE SCHEMA more CREATE TABLE t (id int)",
    "DROP TABLE staging.other CASCADE",
    "DROP SCHEMA scratch CASCADE",
)


@pytest.mark.every_server
def test_tables_and_views_of_a_schema_can_be_left_out(record: Record) -> None:
    record.of(*BEFORE)
    assert record.of(IGNORE, *RUN) == []


@pytest.mark.every_server
def test_what_reaches_further_or_says_who_may_do_what_is_recorded(record: Record) -> None:
    record.of(*BEFORE, IGNORE)
    for statement in RECORDED:
        assert record.of(statement), statement


def test_reconcile_knows_what_was_left_out_and_finds_the_rest(installed: Database) -> None:
    for statement in BEFORE:
        installed.execute(statement)
    schema.reconcile(installed)
    installed.execute(IGNORE)
    for statement in RUN:
        installed.execute(statement)
    assert schema.reconcile(installed).unattributed == []
    set_setting(installed, "capture.enabled", "off")
    for statement in (
        "GRANT SELECT ON staging.other TO PUBLIC",
        "ALTER TABLE staging.orders ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE main SET SCHEMA staging",
    ):
        installed.execute(statement)
    set_setting(installed, "capture.enabled", "on")
    assert {row[1] for row in schema.reconcile(installed).unattributed} >= {
        "staging.other",
        "staging.orders",
        "staging.main",
    }


def test_of_a_schema_only_what_certain_logins_do_can_be_left_out(record: Record, role: RoleFactory) -> None:
    record.of(*BEFORE, IGNORE)
    login = role("dbt")
    record.of(f"SELECT script_tracking.set_setting('capture.ignore_roles', '{login}')")
    record.connection.execute(f"GRANT CREATE ON SCHEMA staging, public TO {login}".encode())
    mark = record.mark()
    record.connection.execute("CREATE TABLE staging.mine (id int)")
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute("CREATE TABLE staging.its (id int)")
        session.execute("CREATE TABLE public.its (id int)")
    assert [execution.objects for execution in record.since(mark)] == [["staging.mine"], ["public.its"]]


def test_doctor_and_health_say_that_something_is_left_out(installed: Database) -> None:
    set_setting(installed, "capture.ignore_roles", "dbt")
    (finding,) = schema.diagnose(installed)
    assert (finding.subject, finding.severity) == ("capture.ignore_roles", "WARNING")
    assert set_setting(installed, "capture.ignore_schemas", " staging ,,scratch") == "staging, scratch"
    (finding,) = schema.diagnose(installed)
    assert finding.message == "DDL on tables and views of staging, scratch is not recorded, where done by dbt"
    [(said,)] = installed.rows(
        "SELECT details FROM script_tracking.get_system_health() WHERE health_metric = 'capture_left_out'"
    )
    assert "staging, scratch is not recorded" in said


@pytest.mark.parametrize(
    "value", ["script_tracking", "staging, pg_catalog", "information_schema", "pg_temp_3"]
)
def test_what_may_never_be_left_out_is_refused(installed: Database, value: str) -> None:
    before = list_settings(installed)
    with pytest.raises(UsageError, match="cannot be"):
        set_setting(installed, "capture.ignore_schemas", value)
    assert list_settings(installed) == before
