"""The doctor finds what is broken, and what it says fixes it."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.errors import NotInstalledError
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

_BREAKAGES = {
    "a trigger is disabled": ("ALTER EVENT TRIGGER et_ddl_command_end DISABLE", "is disabled"),
    "a trigger can be skipped": ("ALTER EVENT TRIGGER et_sql_drop ENABLE", "is skipped under"),
    "capture is off": (
        "SELECT script_tracking.set_setting('capture.enabled', 'off')",
        "capture is switched off",
    ),
    "secrets are stored": (
        "SELECT script_tracking.set_setting('redaction.mode', 'none')",
        "with their secrets",
    ),
    "everybody may execute": (
        "GRANT EXECUTE ON FUNCTION script_tracking.maintain() TO PUBLIC",
        "everybody may execute",
    ),
    "everybody may use the schema": ("GRANT USAGE ON SCHEMA script_tracking TO PUBLIC", "everybody may use"),
    "a role may write": (
        "GRANT DELETE ON script_tracking.script_execution_s TO dbtrack_reader",
        "may write to",
    ),
    "row security is off": (
        "ALTER TABLE script_tracking.script_execution_h NO FORCE ROW LEVEL SECURITY",
        "row security",
    ),
    "row security stops replication": (
        "ALTER TABLE script_tracking.tenant_h FORCE ROW LEVEL SECURITY",
        "the subscriber stops",
    ),
    "what replication brings is not taken in": (
        "ALTER TABLE script_tracking.script_execution_s DISABLE TRIGGER arrive_version",
        "is switched off",
    ),
    "all tables are published": (
        "CREATE PUBLICATION shop FOR ALL TABLES WITH (publish = 'insert, update')",
        "the publication has all tables",
    ),
    "the schema is published": (
        "CREATE PUBLICATION shop FOR TABLES IN SCHEMA script_tracking, public",
        "the publication has the schema",
    ),
    "what is each node's own is published": (
        "CREATE PUBLICATION shop FOR TABLE script_tracking.seal_block, script_tracking.rollup_total",
        "rollup_total, seal_block",
    ),
    "the history of the settings is published": (
        "CREATE PUBLICATION shop FOR TABLE script_tracking.script_execution_h, script_tracking.setting_s",
        "the publication has setting_s, which is each node's own",
    ),
    "what replication brings of a node's own is taken in": (
        "ALTER TABLE script_tracking.setting DISABLE TRIGGER keep_local",
        "is switched off",
    ),
    "what replication brings of tenants collides": (
        "DROP TRIGGER arrive_tenant ON script_tracking.tenant_h",
        "its trigger is missing",
    ),
    "a partition is readable": (
        "GRANT SELECT ON script_tracking.script_execution_s_default TO dbtrack_reader",
        "past the row security",
    ),
    "the functions' hash is gone": (
        "DROP FUNCTION script_tracking.routine_hash(oid)",
        "the other functions cannot be checked",
    ),
    "a partition has no row security": (
        "ALTER TABLE script_tracking.script_execution_s_default DISABLE ROW LEVEL SECURITY",
        "members of pg_read_all_data",
    ),
    "a trigger is missing": ("DROP EVENT TRIGGER et_ddl_command_end", "the event trigger is missing"),
    "a trigger runs something else": (
        (
            "DROP EVENT TRIGGER et_sql_drop; CREATE FUNCTION public.theirs() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
            " CREATE EVENT TRIGGER et_sql_drop ON sql_drop EXECUTE FUNCTION public.theirs()"
        ),
        "the event trigger runs public.theirs()",
    ),
    "a trigger fires for replicas alone": (
        "ALTER EVENT TRIGGER et_sql_drop ENABLE REPLICA",
        "fires only under",
    ),
    "a function is altered": (
        "ALTER FUNCTION script_tracking.event_trigger_ddl_end() SECURITY INVOKER",
        "is not what dbtrack install put there",
    ),
    "a function is missing": (
        "DROP FUNCTION script_tracking.parse_moment(text)",
        "script_tracking.parse_moment(text): the function is missing",
    ),
    "a function of others": (
        "CREATE FUNCTION script_tracking.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "was not made by dbtrack",
    ),
    "a procedure of others": (
        "CREATE PROCEDURE script_tracking.theirs() LANGUAGE sql AS 'SELECT 1'",
        "was not made by dbtrack",
    ),
    "a view is missing": ("DROP VIEW script_tracking.archivable_row", "the view is missing"),
    "DDL went unrecorded": (
        (
            "ALTER TABLE script_tracking.script_execution_h ADD CONSTRAINT full_disk CHECK (false) NOT VALID;"
            " CREATE TABLE unrecorded (id int);"
            " ALTER TABLE script_tracking.script_execution_h DROP CONSTRAINT full_disk"
        ),
        "DDL could not be recorded",
    ),
    "a setting has no valid value": (
        "UPDATE script_tracking.setting SET setting_value = 'many' WHERE setting_name = 'retention.days'",
        'the value "many" is not one of',
    ),
    "a tenant is granted to nobody": (
        (
            "SELECT script_tracking.add_tenant('acme', 'Acme'); INSERT INTO script_tracking.tenant_role_l"
            " (tenant_hk, role_name, record_source) SELECT tenant_hk, 'gone', 'test' FROM script_tracking.tenant_h"
        ),
        "is granted to a role that does not exist",
    ),
    "a secret has no row security": (
        "ALTER TABLE script_tracking.capture_secret DISABLE ROW LEVEL SECURITY",
        "members of pg_read_all_data read it",
    ),
    "next month has no partition": (
        (
            "DO $$ BEGIN EXECUTE format('DROP TABLE script_tracking.script_execution_h_%s',"
            " to_char(now() AT TIME ZONE 'UTC' + interval '1 month', 'YYYY_MM')); END $$"
        ),
        "the partition is not made yet",
    ),
    "rows wait": (
        (
            "DO $$ BEGIN EXECUTE format('DROP TABLE script_tracking.script_execution_s_%s',"
            " to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')); END $$; CREATE TABLE late (id int)"
        ),
        "rows wait in the default partition",
    ),
    "the database is older": (
        "UPDATE script_tracking.installation SET property_value = '0.0.1' WHERE property_name = 'dbtrack.version'",
        "the database has version 0.0.1",
    ),
    "an open execution has no version": (
        "INSERT INTO script_tracking.open_execution VALUES (sha256('x'), now(), 'x', false, 1)",
        "has no RUNNING version",
    ),
}


def test_a_fresh_install_is_healthy(installed: Database) -> None:
    assert schema.diagnose(installed) == []


@pytest.mark.parametrize("name", _BREAKAGES)
def test_each_breakage_is_found_and_its_remedy_fixes_it(installed: Database, name: str) -> None:
    breakage, message = _BREAKAGES[name]
    installed.run_script(breakage)
    findings = schema.diagnose(installed)
    assert any(message in f"{finding.subject}: {finding.message}" for finding in findings), findings
    for finding in findings:
        assert finding.remedy_sql
        _apply(installed, finding.remedy_sql)
    assert schema.diagnose(installed) == []


_ROLE_BREAKAGES = {
    "missing": ("DROP OWNED BY {prefix}_reader; DROP ROLE {prefix}_reader", "the role is missing"),
    "strong": ("ALTER ROLE {prefix}_owner LOGIN", "it must be a plain role"),
}


@pytest.mark.parametrize("name", _ROLE_BREAKAGES)
def test_each_breakage_of_a_role_is_found_and_its_remedy_fixes_it(
    empty_conninfo: str, role: RoleFactory, name: str
) -> None:
    prefix = role("own", login=False)[:40]
    breakage, message = _ROLE_BREAKAGES[name]
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database, schema.InstallOptions(role_prefix=prefix))
        database.run_script(breakage.format(prefix=prefix))
        findings = schema.diagnose(database)
        assert any(message in finding.message for finding in findings), findings
        for finding in findings:
            _apply(database, str(finding.remedy_sql))
        assert schema.diagnose(database) == []
        schema.uninstall(database, keep_data=False)
        for purpose in ("owner", "reader", "operator", "admin"):
            database.run_script(f"DROP OWNED BY {prefix}_{purpose}; DROP ROLE {prefix}_{purpose}")


def test_event_triggers_that_a_database_switches_off(server: Server, installed_conninfo: str) -> None:
    if server.major < 17:
        pytest.skip("PostgreSQL 17 and later can switch event triggers off")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET event_triggers = off".encode())
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        (finding,) = schema.diagnose(Database.wrap(connection))
        _apply(Database.wrap(connection), str(finding.remedy_sql))
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        assert schema.diagnose(Database.wrap(connection)) == []


def test_what_an_uninstall_kept_is_not_taken_for_foreign(installed: Database) -> None:
    schema.uninstall(installed, keep_data=True)
    findings = schema.diagnose(installed)
    assert {str(finding.remedy_sql).split(" #")[0] for finding in findings} == {"dbtrack install"}


def test_install_warns_of_a_publication_that_takes_its_tables_along(installed: Database) -> None:
    installed.execute("CREATE PUBLICATION shop FOR ALL TABLES")
    schema.install(installed)
    assert any('"shop" publishes the tables of dbtrack too' in str(notice) for notice in installed.notices)


def test_a_function_of_somebody_elses_is_named(installed: Database) -> None:
    installed.execute("CREATE FUNCTION script_tracking.backdoor() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    schema.install(installed)  # does not make it ours
    (finding,) = [f for f in schema.diagnose(installed) if "was not made by dbtrack" in f.message]
    assert finding.remedy_sql == "DROP FUNCTION script_tracking.backdoor();"


def test_tables_of_somebody_elses_are_theirs_to_publish_and_to_protect(installed: Database) -> None:
    installed.execute("CREATE TABLE script_tracking.theirs (id int PRIMARY KEY)")
    installed.execute(
        "ALTER TABLE script_tracking.theirs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    )
    installed.execute("CREATE PUBLICATION shop FOR TABLE script_tracking.theirs")
    assert schema.diagnose(installed) == []


def test_ddl_that_could_not_be_recorded_is_counted(installed: Database) -> None:
    installed.execute(
        "ALTER TABLE script_tracking.script_execution_h ADD CONSTRAINT full_disk CHECK (false) NOT VALID"
    )
    installed.execute("CREATE TABLE unrecorded (id int)")
    assert "could not record this CREATE TABLE" in str(installed.notices[-1])
    installed.execute("ALTER TABLE script_tracking.script_execution_h DROP CONSTRAINT full_disk")
    (finding,) = [f for f in schema.diagnose(installed) if f.subject == "capture"]
    assert finding.message.startswith("2 DDL could not be recorded")


def test_a_newer_database_is_not_touched_by_an_older_program(installed: Database) -> None:
    installed.execute(
        "INSERT INTO script_tracking.schema_migration VALUES (9999, 'later', 'x', now(), '9.0.0')"
    )
    assert any("newer than this program" in finding.message for finding in schema.diagnose(installed))


def test_nothing_installed_says_what_to_run(empty_conninfo: str) -> None:
    with (
        psycopg.connect(empty_conninfo, autocommit=True) as connection,
        pytest.raises(NotInstalledError, match="not installed") as caught,
    ):
        schema.diagnose(Database.wrap(connection))
    assert caught.value.hint == "run: dbtrack install"


def _apply(database: Database, remedy: str) -> None:
    """Do what a remedy says: a command, or statements and perhaps a command behind them."""
    if not remedy.startswith("dbtrack"):
        database.run_script(remedy)
        if remedy.endswith("-- then: dbtrack install"):
            schema.install(database)
        return
    words = remedy.split("#", maxsplit=1)[0].split()
    if words[1] == "settings":
        value = None if words[3] == "--reset" else words[3]
        database.execute("SELECT script_tracking.set_setting(%(n)s, %(v)s)", {"n": words[2], "v": value})
    elif words[1] == "maintain":
        retention.maintain(database)
    else:
        assert words == ["dbtrack", "install"]
        schema.install(database)


def test_a_session_with_our_schema_on_its_path_finds_nothing_either(installed: Database) -> None:
    installed.execute("SET search_path = script_tracking, public")
    assert schema.diagnose(installed) == []
    assert installed.value("SHOW search_path") == "script_tracking, public"
