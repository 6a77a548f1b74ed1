"""Databases that an earlier version of dbtrack filled: upgraded, with all that they hold, and whole afterwards."""

from __future__ import annotations

import gzip
from pathlib import Path

import psycopg
import pytest

from dbtrack import retention, schema, sql_files
from dbtrack.db import Database
from dbtrack.errors import NotInstalledError
from dbtrack.proof.seal import seal
from dbtrack.reports import REPORTS, run
from dbtrack.schema.install_script import InstallOptions, install_steps
from tests.support.paths import CORPUS, SAMPLES
from tests.support.rollups import differences
from tests.support.sealed import verified

# What `CREATE OR REPLACE` meets in a database of that many migrations: names, arguments and results; bodies do not matter.
_EARLIER_ROUTINES = SAMPLES / "routines"
_BOOK_ROUTINES = """
    INSERT INTO script_tracking.installed_routine (routine_identity, definition_hash)
    SELECT p.oid::regprocedure::text, '' FROM pg_proc AS p WHERE p.pronamespace = 'script_tracking'::regnamespace
    ON CONFLICT DO NOTHING
"""

_LAST = len(sql_files.migrations())
# On the oldest server CI tries what the first release left, every tenth, and the latest.
_TOLD_ON_ALL = {1, 4, *range(10, _LAST, 10), _LAST - 1, _LAST}
_LEVELS = [
    pytest.param(level, marks=() if level in _TOLD_ON_ALL else pytest.mark.newest)
    for level in range(1, _LAST + 1)
]
# A dump of a whole database, see tests/README.md: tables with what was recorded, functions, views, policies, grants, triggers.
_TEN_MIGRATIONS = CORPUS / "database_of_ten_migrations.sql.gz"


def open_earlier(conninfo: str, level: int) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to an empty database, and make it the tables that this many migrations make."""
    connection = psycopg.connect(conninfo, autocommit=True)
    later = {f"migration {file.name}" for file in sql_files.migrations()[level:]}
    every = install_steps(InstallOptions())
    until = next(position for position, step in enumerate(every) if step.name.startswith("routine "))
    database = Database.wrap(connection)
    with database.transaction():
        for step in every[:until]:
            if step.name not in later:
                database.run_script(step.text)
    return connection


def _assert_found(database: Database) -> None:
    for given, name in (("grep", "no space left"), ("name", "acme's")):
        found = run(database, REPORTS["history"], {given: name})
        assert [row[1] for row in found] == ["broken" if given == "grep" else name]


@pytest.mark.parametrize("level", _LEVELS)
def test_every_earlier_schema_is_upgraded_with_its_data(empty_conninfo: str, level: int) -> None:
    with open_earlier(empty_conninfo, level) as connection:
        database = Database.wrap(connection)
        database.run_script(_OLD_ROWS)
        report = schema.install(database)
        assert len(report.migrations) == len(sql_files.migrations()) - level
        names = database.rows(
            "SELECT script_name, tenant_hk FROM script_tracking.current_execution ORDER BY 1"
        )
        acme = database.value("SELECT sha256('acme')")
        assert names == [("acme's", acme), ("broken", None), ("open still", None)]
        assert schema.diagnose(database) == []
        assert schema.install(database).migrations == []
        # Searches find what was there, before and after it is indexed.
        _assert_found(database)
        while database.call("advance_search", p_most_rows=1)[0][0] == "more":
            pass
        assert database.value("SELECT sum(versions) FROM script_tracking.search_segment") >= 4
        _assert_found(database)


@pytest.mark.every_server
@pytest.mark.parametrize("earlier", sorted(_EARLIER_ROUTINES.glob("*.sql")), ids=lambda file: file.stem)
def test_the_routines_of_an_earlier_version_make_way(empty_conninfo: str, earlier: Path) -> None:
    with open_earlier(empty_conninfo, int(earlier.name.partition("_")[0])) as connection:
        database = Database.wrap(connection)
        database.run_script(_OLD_ROWS)
        with database.transaction():
            database.run_script("SET LOCAL ROLE dbtrack_owner; SET LOCAL check_function_bodies = off;")
            database.run_script(earlier.read_text(encoding="ascii"))
            database.run_script(_BOOK_ROUTINES)
        schema.install(database)
        assert schema.diagnose(database) == []


@pytest.mark.every_server
def test_a_whole_database_of_an_earlier_version_is_upgraded(empty_conninfo: str) -> None:
    with open_dumped(empty_conninfo) as connection:
        database = Database.wrap(connection)
        connection.execute("CREATE VIEW mine AS SELECT script_name FROM script_tracking.current_execution")
        versions = database.value("SELECT count(*) FROM script_tracking.script_execution_s")
        older, trigger, role = schema.diagnose(database)
        assert trigger.subject == "et_table_rewrite"
        assert ("it lacks 0011_recorded_by" in older.message, role.subject) == (True, "shop_app")
        with pytest.raises(NotInstalledError, match="is older than this command needs") as refused:
            verified(empty_conninfo)
        assert "dbtrack install" in str(refused.value.hint)
        applied = schema.install(database).migrations
        assert applied == [file.name for file in sql_files.migrations()[10:]]
        assert database.value("SELECT count(*) FROM script_tracking.script_execution_s") == versions
        assert ("CREATE TABLE",) in database.rows("SELECT script_name FROM mine")
        retention.maintain(database)
        # The login of its tenant is not on this server; nothing else is wrong.
        assert [finding.subject for finding in schema.diagnose(database)] == ["shop_app"]
        connection.execute("CREATE TABLE after_the_upgrade (a int)")
        assert database.value("SELECT count(*) FROM mine WHERE script_name = 'CREATE TABLE'") == 5
        retention.roll_up(database)
        acme = database.value("SELECT sha256('acme')")
        assert differences(connection, (None, acme)) == []
        seal(database)
        assert verified(empty_conninfo).findings == []


def open_dumped(conninfo: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to an empty database, and make it the one that a version with ten migrations left."""
    connection = open_earlier(conninfo, 0)  # for the roles
    connection.execute("DROP SCHEMA script_tracking CASCADE")
    connection.execute(gzip.decompress(_TEN_MIGRATIONS.read_bytes()))
    connection.execute("RESET ALL")
    return connection


def test_a_function_that_had_other_arguments_before_is_replaced(installed: Database) -> None:
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    installed.run_script(
        "DROP FUNCTION script_tracking.captured_objects;"
        " CREATE FUNCTION script_tracking.captured_objects(text, integer, boolean, jsonb) RETURNS text LANGUAGE sql"
        " RETURN 'old';"
        " ALTER FUNCTION script_tracking.captured_objects OWNER TO dbtrack_owner;"
        " UPDATE script_tracking.installed_routine SET routine_identity ="
        " 'script_tracking.captured_objects(text,integer,boolean,jsonb)'"
        " WHERE routine_identity LIKE '%.captured_objects(%'"
    )
    schema.install(installed)
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    assert schema.diagnose(installed) == []


@pytest.mark.every_server
def test_what_the_first_release_recorded_is_captured_on_sealed_and_counted(empty_conninfo: str) -> None:
    with open_earlier(empty_conninfo, 4) as connection:
        database = Database.wrap(connection)
        database.run_script(_OLD_ROWS)
        database.run_script(_OLD_KEEPING)
        schema.install(database)
        # What capture reads of the settings is what they were set to.
        connection.execute(
            "CREATE TABLE first (a int); CREATE TABLE second (a int DEFAULT length('literal'))"
        )
        assert "literal" not in str(
            database.rows("SELECT sql_command FROM script_tracking.script_execution_s")
        )
        assert database.value(
            "SELECT script_tracking.complete_operation((SELECT script_execution_hk FROM script_tracking.open_execution))"
        )
        seal(database)
        result = verified(empty_conninfo)
        assert (result.findings, result.rows) == ([], 7)
        retention.roll_up(database, rebuild=True)
        acme = database.value("SELECT sha256('acme')")
        assert differences(connection, (None, acme)) == []
        assert database.value("SELECT count(*) FROM script_tracking.rollup_total") > 0
        (failed,) = run(database, REPORTS["error_list"], {"hours": 48})
        assert "broken" in str(failed)
        kept = database.rows("SELECT source_name, byte_offset FROM script_tracking.log_position")
        assert kept == [("postgresql.json", 4711)]
        assert database.value("SELECT count(*) FROM script_tracking.spool_receipt") == 1
        assert schema.diagnose(database) == []


def test_histograms_of_arrays_become_numbers(empty_conninfo: str) -> None:
    with open_earlier(empty_conninfo, 8) as connection:
        database = Database.wrap(connection)
        database.run_script(_OLD_HISTOGRAMS)
        schema.install(database)
        counted = {
            (script_type, name): histogram
            for name in ("total", "tenant")
            for script_type, histogram in database.rows(
                f"SELECT script_type, histogram FROM script_tracking.rollup_{name}"
            )
        }
        for name in ("total", "tenant"):
            assert counted["NONE", name] == 0
            assert counted["ONE", name] == 7 * 10**50
            assert counted["MANY", name] == 2 + 10**30 + 90 * 10**1000
        percentiles = database.rows(
            "SELECT script_type, script_tracking.histogram_percentiles('{0.01,0.95}', histogram, timed, 1000) "
            "FROM script_tracking.rollup_total ORDER BY 1"
        )
        assert [(name, [round(float(value), 3) for value in values]) for name, values in percentiles] == [
            ("MANY", [0.001, round(1.08**100.5 / 1000, 3)]),
            ("NONE", []),
            ("ONE", [0.002, 0.002]),
        ]
        assert schema.diagnose(database) == []


def test_months_that_were_there_before_the_column_get_its_index_from_maintain(empty_conninfo: str) -> None:
    with open_earlier(empty_conninfo, 10) as connection:
        database = Database.wrap(connection)
        database.run_script(
            "SET ROLE dbtrack_owner; CREATE TABLE script_tracking.script_execution_s_2020_01 PARTITION OF"
            " script_tracking.script_execution_s FOR VALUES FROM ('2020-01-01') TO ('2020-02-01'); RESET ROLE"
        )
        database.run_script(_OLD_ROWS)
        schema.install(database)
        found = [finding.remedy_sql for finding in schema.diagnose(database)]
        assert "dbtrack maintain" in found
        assert ("indexes", "done", "1 months indexed") in retention.maintain(database).tasks
        assert not [f for f in schema.diagnose(database) if "recorded_by" in f.subject]
        assert (
            database.value(
                "SELECT count(*) FROM script_tracking.script_execution_s WHERE recorded_by IS NULL"
            )
            == 4
        )


def test_what_the_rollups_did_not_hold_at_the_upgrade_is_counted(empty_conninfo: str) -> None:
    with open_earlier(empty_conninfo, 10) as connection:
        database = Database.wrap(connection)
        database.run_script(_OLD_ROWS)
        # Of that time: everything is in the tail, nothing is counted.
        database.run_script(
            "INSERT INTO script_tracking.rollup_state (place, counted_before, load_floor, fine_since, advanced_at)"
            " SELECT jsonb_build_object('database', d.oid, 'system', c.system_identifier::text, 'table',"
            " 'script_tracking.script_execution_s'::regclass::oid), '3', '-infinity', now() - interval '3 days', now()"
            " FROM pg_database AS d, pg_control_system() AS c WHERE d.datname = current_database()"
        )
        schema.install(database)
        assert differences(connection, (None,)) == []
        retention.roll_up(database)
        assert differences(connection, (None,)) == []
        assert (
            database.value("SELECT sum(completed) FROM script_tracking.rollup_total WHERE level_minutes = 60")
            == 1
        )


# The tables alone, as they were: the functions that filled them are not here any more.
_OLD_ROWS = """
    INSERT INTO script_tracking.tenant_h (tenant_hk, tenant_bk, record_source) VALUES (sha256('acme'), 'acme', 'test');
    INSERT INTO script_tracking.tenant_s (tenant_hk, load_date, hash_diff, tenant_name, is_active, record_source)
    VALUES (sha256('acme'), now(), sha256('x'), 'Acme', true, 'test');
    WITH old (name, status, tenant_hk, duration_ms, message, supersedes) AS (
        VALUES ('acme''s', 'RUNNING', sha256('acme'), NULL, NULL, false),
            ('acme''s', 'COMPLETED', sha256('acme'), 12.5, NULL, true),
            ('broken', 'FAILED', NULL, 3, 'no space left', false), ('open still', 'RUNNING', NULL, NULL, NULL, false)
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT sha256(convert_to(o.name, 'UTF8')), o.name, o.tenant_hk, now(), 'track_operation@old' FROM old AS o
        WHERE NOT o.supersedes
    )
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, tenant_hk, load_date, load_end_date, hash_diff,
        script_name, script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user,
        error_message, record_source)
    SELECT sha256(convert_to(o.name, 'UTF8')), o.tenant_hk,
        now() + CASE WHEN o.supersedes THEN '1 ms' ELSE '0' END::interval,
        CASE WHEN o.status = 'RUNNING' AND o.name <> 'open still' THEN now() + '1 ms'::interval END, sha256('x'),
        o.name, 'MANUAL', o.status, now(), o.duration_ms, 'somebody', o.message, 'track_operation@old' FROM old AS o;
    INSERT INTO script_tracking.open_execution (script_execution_hk, load_date, opened_by, is_bound, backend_pid)
    SELECT s.script_execution_hk, s.load_date, session_user, false, 0
    FROM script_tracking.script_execution_s AS s WHERE s.script_name = 'open still';
"""
_OLD_KEEPING = """
    UPDATE script_tracking.setting SET setting_value = 'all' WHERE setting_name = 'redaction.mode';
    INSERT INTO script_tracking.spool_receipt VALUES (gen_random_uuid(), now());
    INSERT INTO script_tracking.log_position (source_hash, source_name, log_format, byte_offset, tail_hash)
    VALUES (sha256('x'), 'postgresql.json', 'json', 4711, sha256('x'));
"""
# As add_to_rollups of then wrote them, and those of its functions that take or return something else now.
_OLD_HISTOGRAMS = """
    INSERT INTO script_tracking.rollup_total (level_minutes, bucket_start, script_type, completed, failed, cancelled,
        abandoned, timed, duration_ms, slots, slot_counts)
    SELECT 60, date_trunc('hour', now(), 'UTC'), t.script_type, t.timed, 0, 0, 0, t.timed, 1, t.slots, t.slot_counts
    FROM (VALUES ('NONE', 0, '{}'::smallint[], '{}'::bigint[]), ('ONE', 7, '{5}', '{7}'),
        ('MANY', 93, '{0,3,100}', '{2,1,90}')) AS t (script_type, timed, slots, slot_counts);
    INSERT INTO script_tracking.rollup_tenant SELECT sha256('acme'), r.* FROM script_tracking.rollup_total AS r;
    CREATE FUNCTION script_tracking.histogram_percentiles(numeric[], smallint[], bigint[], numeric) RETURNS numeric[]
    LANGUAGE sql RETURN $1;
    CREATE FUNCTION script_tracking.tally_executions(bytea, timestamptz, timestamptz, boolean DEFAULT true)
    RETURNS TABLE (slots smallint[], slot_counts bigint[]) LANGUAGE sql RETURN ('{}', '{}');
    CREATE FUNCTION script_tracking.tally_rows(bytea, timestamptz, timestamptz, tstzmultirange, timestamptz, xid8)
    RETURNS SETOF smallint LANGUAGE sql RETURN 1::smallint;
"""
