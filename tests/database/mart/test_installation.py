"""The mart through installs, upgrades and uninstalls: what others built on it, or made in its place, stays."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError

_COLUMN_COUNT = (
    "SELECT count(*) FROM pg_attribute WHERE attrelid = 'dbtrack_mart.executions'::regclass AND attnum > 0"
)


def _run(database: Database, *statements: str) -> None:
    for statement in statements:
        database.execute(statement)


@pytest.mark.every_server
def test_an_upgrade_widens_a_view_under_what_others_built_on_it(installed: Database) -> None:
    columns = installed.value(_COLUMN_COUNT)
    _run(
        installed,
        "CREATE TABLE orders (id int)",
        "SET ROLE dbtrack_owner",
        "DROP VIEW dbtrack_mart.executions, dbtrack_mart.migrations CASCADE",
        # As an earlier version had it.
        "CREATE VIEW dbtrack_mart.executions WITH (security_invoker, security_barrier) AS"
        " SELECT execution_key, tenant, script_name FROM dbtrack_mart.execution_history WHERE is_current",
        "CREATE FUNCTION dbtrack_mart.executions_as_of(moment timestamptz) RETURNS SETOF dbtrack_mart.executions"
        " LANGUAGE sql STABLE AS 'SELECT * FROM dbtrack_mart.executions'",
        "RESET ROLE",
        "CREATE VIEW weekly AS SELECT * FROM dbtrack_mart.executions",
        "CREATE VIEW monthly AS SELECT * FROM dbtrack_mart.executions_as_of(now())",
        "CREATE MATERIALIZED VIEW yearly AS SELECT script_name FROM dbtrack_mart.executions",
    )
    report = schema.install(installed)
    assert report.warnings == []
    assert installed.value(_COLUMN_COUNT) == columns > 3
    # The same oid: nothing was dropped.
    assert "CREATE TABLE" in [row[2] for row in installed.rows("SELECT * FROM weekly")]
    assert len(installed.rows("SELECT * FROM monthly")) == len(installed.rows("SELECT * FROM weekly"))
    assert len(installed.rows("SELECT execution_status FROM dbtrack_mart.executions_as_of(now())")) > 1
    assert schema.diagnose(installed) == []


def test_a_view_of_a_later_version_stays_as_it_is(installed: Database) -> None:
    _run(
        installed,
        "CREATE OR REPLACE VIEW dbtrack_mart.tenants WITH (security_invoker, security_barrier) AS"
        " SELECT encode(tenant_hk, 'hex') AS tenant_key, tenant_bk::text AS tenant, NULL::text AS tenant_name,"
        " true AS is_active, load_date, 'new' AS later FROM script_tracking.tenant_h",
        "CREATE VIEW built AS SELECT later FROM dbtrack_mart.tenants",
    )
    report = schema.install(installed)
    assert len(report.warnings) == 1
    assert "dbtrack_mart.tenants stays as it is" in report.warnings[0]
    assert installed.rows("SELECT later FROM built") == []


@pytest.mark.parametrize(
    "made", ["CREATE SCHEMA dbtrack_mart", "CREATE SCHEMA dbtrack_mart CREATE TABLE executions (id int)"]
)
def test_a_schema_of_somebody_elses_stays_and_is_not_used(empty_conninfo: str, made: str) -> None:
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        database.execute(made)
        for _again in range(2):
            report = schema.install(database)
            assert [line for line in report.warnings if "dbtrack_mart was not made by dbtrack" in line]
        assert database.value("SELECT to_regclass('dbtrack_mart.migrations')") is None
        assert database.value("SELECT obj_description('dbtrack_mart'::regnamespace, 'pg_namespace')") is None
        assert schema.diagnose(database) == []
        schema.uninstall(database, keep_data=False)
        assert database.value("SELECT to_regnamespace('dbtrack_mart')") is not None


def test_a_table_of_somebody_elses_in_a_views_place_stays(installed: Database) -> None:
    _run(installed, "DROP VIEW dbtrack_mart.tenants", "CREATE TABLE dbtrack_mart.tenants (id int)")
    report = schema.install(installed)
    assert "has relations that dbtrack did not make: tenants" in report.warnings[0]
    with pytest.raises(DbtrackError, match=r"table dbtrack_mart\.tenants"):
        schema.uninstall(installed, keep_data=False)
    schema.uninstall(installed, keep_data=True)
    assert installed.rows("SELECT * FROM dbtrack_mart.tenants") == []


def test_an_uninstall_names_what_is_built_on_the_mart_and_removes_it_whole(installed: Database) -> None:
    installed.execute("CREATE VIEW weekly AS SELECT script_name FROM dbtrack_mart.executions")
    with pytest.raises(DbtrackError, match=r"view public\.weekly"):
        schema.uninstall(installed, keep_data=False)
    schema.uninstall(installed, keep_data=False, cascade=True)
    for name in ("dbtrack_mart", "script_tracking"):
        assert installed.value(f"SELECT to_regnamespace('{name}')") is None
    assert schema.install(installed).warnings == []


def test_an_uninstall_that_keeps_the_records_removes_the_mart(installed: Database) -> None:
    schema.reconcile(installed)
    schema.uninstall(installed, keep_data=True)
    assert installed.value("SELECT to_regnamespace('dbtrack_mart')") is None
    assert schema.install(installed).warnings == []
    assert schema.diagnose(installed) == []
    # What an install itself did is explained.
    assert schema.reconcile(installed).unattributed == []
    installed.execute("CREATE VIEW weekly AS SELECT script_name FROM dbtrack_mart.executions")
    schema.uninstall(installed, keep_data=True)
    assert installed.rows("SELECT * FROM weekly") is not None
    assert schema.install(installed).warnings == []
    assert schema.diagnose(installed) == []


def test_the_doctor_finds_a_view_that_is_missing_or_shows_all(installed: Database) -> None:
    _run(
        installed,
        "DROP VIEW dbtrack_mart.tenants",
        "ALTER VIEW dbtrack_mart.migrations RESET (security_invoker)",
        "GRANT USAGE ON SCHEMA dbtrack_mart TO PUBLIC",
    )
    found = {(each.severity, each.subject) for each in schema.diagnose(installed)}
    assert found == {
        ("WARNING", "dbtrack_mart.tenants"),
        ("CRITICAL", "dbtrack_mart.migrations"),
        ("CRITICAL", "dbtrack_mart"),
    }
    schema.install(installed)
    assert schema.diagnose(installed) == []


def test_the_mart_is_made_again_after_the_record_was_dropped_by_hand(installed: Database) -> None:
    _run(
        installed,
        "DROP EVENT TRIGGER et_ddl_command_start",
        "DROP EVENT TRIGGER et_ddl_command_end",
        "DROP EVENT TRIGGER et_sql_drop",
        "DROP SCHEMA script_tracking CASCADE",
    )
    report = schema.install(installed)
    assert report.warnings == []
    assert installed.rows("SELECT * FROM dbtrack_mart.executions") == []
