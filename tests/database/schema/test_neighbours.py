"""What others make in our schema, or on top of our objects, outlives every install, and an uninstall names it."""

from __future__ import annotations

import re

import psycopg
import pytest

from dbtrack import schema, sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.schema.install_script import table_names

_THEIRS = """
CREATE TABLE script_tracking.their_notes (tenant_hk bytea, note text);
INSERT INTO script_tracking.their_notes VALUES (NULL, 'kept');
GRANT SELECT ON script_tracking.their_notes TO PUBLIC;
CREATE VIEW script_tracking.their_failures AS
    SELECT script_name FROM script_tracking.script_execution_s WHERE execution_status = 'FAILED';
CREATE FUNCTION script_tracking.their_function() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION script_tracking.their_watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER their_watch ON ddl_command_end EXECUTE FUNCTION script_tracking.their_watch();
CREATE FUNCTION public.their_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER their_row AFTER INSERT ON script_tracking.setting FOR EACH ROW EXECUTE FUNCTION public.their_row();
CREATE VIEW public.their_executions AS SELECT * FROM script_tracking.current_execution;
CREATE VIEW public.their_names AS SELECT script_name FROM public.their_executions;
CREATE VIEW public.their_causes AS SELECT message FROM script_tracking.failed_execution;
CREATE TABLE public.their_runs (id int, name text DEFAULT script_tracking.generate_unique_script_name('run'));
CREATE TABLE public.their_tenants (tenant_hk bytea REFERENCES script_tracking.tenant_h);
"""
_OBJECTS = """
SELECT i.type || ' ' || i.identity
FROM (SELECT 'pg_class'::regclass, c.oid FROM pg_class AS c WHERE c.relname LIKE 'their%%' AND c.relkind IN ('r', 'v')
    UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc AS p WHERE p.proname LIKE 'their%%'
    UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger AS t WHERE t.tgname LIKE 'their%%'
    UNION ALL SELECT 'pg_event_trigger'::regclass, e.oid FROM pg_event_trigger AS e WHERE e.evtname LIKE 'their%%') AS o (class, id)
CROSS JOIN pg_identify_object(o.class, o.id, 0) AS i
ORDER BY 1
"""
_NAMED = {
    "default value for public.their_runs.name",
    "function script_tracking.their_function()",
    "function script_tracking.their_watch()",
    "table constraint their_tenants_tenant_hk_fkey on public.their_tenants",
    "table script_tracking.their_notes",
    "view public.their_causes",
    "view public.their_executions",
    "view public.their_names",
    "view script_tracking.their_failures",
}


@pytest.fixture
def neighboured(installed: Database) -> Database:
    """A database with dbtrack, whose users made things in its schema and on top of its objects."""
    installed.run_script(_THEIRS)
    return installed


@pytest.mark.every_server
def test_an_install_leaves_what_others_made(neighboured: Database) -> None:
    before = neighboured.rows(_OBJECTS)
    assert len(before) == 12
    schema.install(neighboured)
    assert neighboured.rows(_OBJECTS) == before
    notes = "SELECT relrowsecurity, relacl::text FROM pg_class WHERE relname = 'their_notes'"
    (security, grants) = neighboured.row(notes) or ()
    assert security is False
    assert "=r/postgres" in grants
    neighboured.execute("SELECT FROM public.their_executions, public.their_causes")


def test_the_doctor_names_their_functions_and_leaves_their_tables(neighboured: Database) -> None:
    assert {finding.subject for finding in schema.diagnose(neighboured)} == {
        "script_tracking.their_function()",
        "script_tracking.their_watch()",
    }


@pytest.mark.every_server
def test_an_uninstall_names_what_would_go_along_and_stops(neighboured: Database) -> None:
    before = neighboured.rows(_OBJECTS)
    with pytest.raises(DbtrackError, match="nothing was removed") as caught:
        schema.uninstall(neighboured, keep_data=False)
    named = caught.value.message.split("would be dropped: ")[1].split(", ")
    assert set(named) == _NAMED
    assert "--cascade" in str(caught.value.hint)
    assert neighboured.rows(_OBJECTS) == before
    assert (
        neighboured.value("SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'et@_%' ESCAPE '@'") == 4
    )


def test_an_uninstall_drops_them_when_asked_to_and_reports_it(neighboured: Database) -> None:
    report = schema.uninstall(neighboured, keep_data=False, cascade=True)
    assert "removed view public.their_names" in report.lines
    assert neighboured.value("SELECT to_regnamespace('script_tracking')") is None
    assert neighboured.rows("TABLE public.their_runs") == []


@pytest.mark.every_server
def test_an_uninstall_that_keeps_the_records_keeps_what_others_use(neighboured: Database) -> None:
    before = neighboured.rows(_OBJECTS)
    neighboured.execute(
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('a'), false, 'broke')"
    )
    schema.uninstall(neighboured, keep_data=True)
    assert neighboured.rows(_OBJECTS) == before
    assert neighboured.rows("SELECT script_name FROM public.their_names WHERE script_name = 'a'") == [("a",)]
    assert neighboured.rows("SELECT message FROM public.their_causes") == [("broke",)]
    neighboured.execute("INSERT INTO public.their_runs (id) VALUES (1)")
    # What nobody uses is gone.
    assert neighboured.value("SELECT to_regclass('script_tracking.archivable_row')") is None
    assert neighboured.value("SELECT to_regproc('script_tracking.maintain')") is None
    schema.install(neighboured)
    assert neighboured.rows(_OBJECTS) == before
    assert len(schema.diagnose(neighboured)) == 2


def test_an_installation_of_before_the_books_is_known_by_its_names(neighboured: Database) -> None:
    neighboured.execute(
        "DELETE FROM script_tracking.installation WHERE starts_with(property_name, 'relation.')"
    )
    assert set(schema.outside_dependents(neighboured)) == _NAMED
    schema.install(neighboured)
    assert set(schema.outside_dependents(neighboured)) == _NAMED


def test_a_fresh_install_has_nothing_of_others(installed: Database) -> None:
    assert schema.outside_dependents(installed) == []
    installed.execute("SET search_path = script_tracking, public")
    assert schema.outside_dependents(installed) == []


def test_the_books_name_every_relation_of_ours(installed: Database) -> None:
    booked = installed.rows(
        "SELECT substr(property_name, 10) FROM script_tracking.installation WHERE starts_with(property_name, 'relation.')"
    )
    present = installed.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'script_tracking'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT relispartition"
        # Those of identity columns belong to their table.
        " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'i' AND relkind = 'S')"
    )
    assert sorted(booked) == sorted(present)
    assert {name for (name,) in booked} == {
        *table_names(),
        *(file.name for file in sql_files.sources("views")),
    }


@pytest.mark.parametrize("has_dependent", [False, True])
def test_a_view_whose_columns_changed_is_created_again_unless_others_need_it(
    installed: Database, has_dependent: bool
) -> None:
    installed.execute("ALTER VIEW script_tracking.ended_execution RENAME COLUMN duration_slot TO slot")
    if not has_dependent:
        schema.install(installed)
        installed.execute("SELECT duration_slot FROM script_tracking.ended_execution")
        return
    installed.execute("CREATE VIEW public.slots AS SELECT slot FROM script_tracking.ended_execution")
    with pytest.raises(
        DbtrackError, match=r"columns of the view script_tracking.ended_execution .*public\.slots|view slots"
    ):
        schema.install(installed)
    installed.execute("SELECT slot FROM public.slots")


def test_views_and_functions_of_an_earlier_version_go_or_stay_with_a_warning(installed: Database) -> None:
    installed.run_script(
        "CREATE VIEW script_tracking.retired AS SELECT 1 AS one; CREATE VIEW script_tracking.used AS SELECT 1 AS one;"
        " CREATE FUNCTION script_tracking.old_function() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        " ALTER VIEW script_tracking.retired OWNER TO dbtrack_owner; ALTER VIEW script_tracking.used OWNER TO dbtrack_owner;"
        " ALTER FUNCTION script_tracking.old_function() OWNER TO dbtrack_owner;"
        " INSERT INTO script_tracking.installation VALUES ('relation.retired', 'view'), ('relation.used', 'view');"
        " INSERT INTO script_tracking.installed_routine VALUES ('script_tracking.old_function()', 'x');"
        " CREATE VIEW public.theirs AS SELECT one, script_tracking.old_function() FROM script_tracking.used"
    )
    report = schema.install(installed)
    assert installed.value("SELECT to_regclass('script_tracking.retired')") is None
    assert len(report.warnings) == 2
    assert all("of an earlier version stays" in warning for warning in report.warnings)
    assert installed.rows("TABLE public.theirs") == [(1, 1)]


def test_a_name_that_others_took_is_said(installed: Database) -> None:
    installed.run_script(
        "DROP VIEW script_tracking.failed_execution; CREATE TABLE script_tracking.failed_execution (id int)"
    )
    with pytest.raises(DbtrackError, match="failed_execution was not made by dbtrack"):
        schema.install(installed)


def test_public_views_only_gain_columns(installed: Database) -> None:
    columns = [
        row[0]
        for row in installed.rows(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'script_tracking.current_execution'::regclass"
            " AND attnum > 0 ORDER BY attnum"
        )
    ]
    released = re.split(
        " ",
        "script_execution_hk tenant_bk tenant_hk script_name script_type execution_status execution_timestamp"
        " execution_duration_ms db_session_user client_ip affected_objects sql_command error_message metadata"
        " record_source version_number load_date",
    )
    assert columns[: len(released)] == released


def test_a_first_install_that_finds_another_running_waits_and_continues(empty_conninfo: str) -> None:
    with (
        psycopg.connect(empty_conninfo) as first,
        psycopg.connect(empty_conninfo, autocommit=True) as second,
    ):
        first.execute("CREATE SCHEMA script_tracking")
        with pytest.raises(DbtrackError, match="nothing was installed"):
            schema.install(Database.wrap(second), schema.InstallOptions(lock_timeout_seconds=1))
        first.rollback()
        schema.install(Database.wrap(second))
        assert schema.diagnose(Database.wrap(second)) == []
