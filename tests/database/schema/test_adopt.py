"""A script_tracking schema that dbtrack did not make: never touched, and copied whole on request."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.schema.install_script import InstallOptions

# What a hand-made tracker of this shape looks like: fewer columns, other types, statuses in lower case.
_FOREIGN = """
CREATE SCHEMA script_tracking;
CREATE TABLE script_tracking.script_execution_h (
    script_execution_hk bytea PRIMARY KEY, script_execution_bk text, tenant_hk bytea, load_date timestamp,
    record_source text);
CREATE TABLE script_tracking.script_execution_s (
    script_execution_hk bytea, load_date timestamp, load_end_date timestamp, script_name text, script_type text,
    execution_status text, execution_timestamp timestamp, execution_duration_ms integer, sql_command text,
    error_message text, record_source text, PRIMARY KEY (script_execution_hk, load_date));
INSERT INTO script_tracking.script_execution_h
    SELECT sha256(convert_to(n, 'UTF8')), n, NULL, '2024-05-01', 'LEGACY' FROM unnest(ARRAY['one', 'two', 'three']) AS n;
INSERT INTO script_tracking.script_execution_s
    SELECT h.script_execution_hk, '2024-05-01 10:00', NULL, h.script_execution_bk, 'DDL_AUTO', 'completed',
        '2024-05-01 09:59', 12, 'CREATE USER x PASSWORD ''hunter2''', NULL, 'LEGACY'
    FROM script_tracking.script_execution_h AS h WHERE h.script_execution_bk <> 'two';
INSERT INTO script_tracking.script_execution_s
    SELECT h.script_execution_hk, d.started, d.ended, 'two', 'MANUAL', d.status, '2024-05-01 09:59', NULL, NULL, NULL, 'LEGACY'
    FROM script_tracking.script_execution_h AS h,
        (VALUES ('2024-05-01 10:00'::timestamp, '2024-05-01 11:00'::timestamp, 'RUNNING'),
                ('2024-05-01 11:00', NULL, 'FAILED')) AS d (started, ended, status)
    WHERE h.script_execution_bk = 'two';
CREATE FUNCTION script_tracking.event_trigger_ddl_end() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER et_ddl_command_end ON ddl_command_end EXECUTE FUNCTION script_tracking.event_trigger_ddl_end();
CREATE EVENT TRIGGER their_own_name ON ddl_command_start EXECUTE FUNCTION script_tracking.event_trigger_ddl_end();
"""


@pytest.fixture
def foreign(empty_conninfo: str) -> Iterator[Database]:
    """A database with a tracker that dbtrack did not create."""
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute(_FOREIGN.encode())
        yield Database.wrap(connection)


def test_a_foreign_schema_is_never_touched(foreign: Database) -> None:
    before = foreign.rows("SELECT oid, relname, relfilenode FROM pg_class ORDER BY 1")
    with pytest.raises(DbtrackError, match="was not made by dbtrack") as caught:
        schema.install(foreign)
    assert "--adopt" in str(caught.value.hint)
    assert foreign.rows("SELECT oid, relname, relfilenode FROM pg_class ORDER BY 1") == before
    assert foreign.value("SELECT count(*) FROM pg_event_trigger") == 2


@pytest.mark.every_server
def test_adopt_carries_every_version_over(foreign: Database) -> None:
    report = schema.install(foreign, InstallOptions(adopt=True))
    assert report.adopted == 3
    assert report.has_capture
    assert foreign.rows(
        "SELECT script_name, execution_status, execution_duration_ms, record_source "
        "FROM script_tracking.current_execution ORDER BY 1"
    ) == [
        ("one", "COMPLETED", 12, "adopted:LEGACY"),
        ("three", "COMPLETED", 12, "adopted:LEGACY"),
        ("two", "FAILED", None, "adopted:LEGACY"),
    ]
    versions = "SELECT execution_status FROM script_tracking.script_execution_s WHERE script_name = 'two' ORDER BY load_date"
    assert foreign.rows(versions) == [("RUNNING",), ("FAILED",)]
    assert schema.diagnose(foreign) == []


def test_adopt_keeps_the_old_schema_and_replaces_its_triggers(foreign: Database) -> None:
    schema.install(foreign, InstallOptions(adopt=True))
    aside = foreign.value("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'script_tracking_adopted%'")
    assert foreign.value(f"SELECT count(*) FROM {aside}.script_execution_s") == 4
    assert foreign.rows("SELECT evtname FROM pg_event_trigger ORDER BY 1") == [
        ("et_ddl_command_end",),
        ("et_ddl_command_start",),
        ("et_sql_drop",),
        ("et_table_rewrite",),
    ]


def test_adopt_stores_no_secret_that_the_old_one_held(foreign: Database) -> None:
    schema.install(foreign, InstallOptions(adopt=True))
    stored = foreign.rows(
        "SELECT sql_command FROM script_tracking.script_execution_s WHERE script_name = 'one'"
    )
    assert stored == [("CREATE USER x PASSWORD ''",)]


def test_adopt_with_nothing_to_adopt_is_an_install(empty_conninfo: str) -> None:
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        report = schema.install(Database.wrap(connection), InstallOptions(adopt=True))
        again = schema.install(Database.wrap(connection), InstallOptions(adopt=True))
    assert report.adopted == again.adopted == 0


# As a real platform left it: both versions of an execution share a load_date, the tenant is in the hub alone, statuses,
# columns and lengths are its own, and not every execution has a version.
_PLATFORM = """
CREATE SCHEMA script_tracking;
CREATE TABLE script_tracking.script_execution_h (
    script_execution_hk bytea PRIMARY KEY, script_execution_bk varchar, tenant_hk bytea, load_date timestamptz,
    record_source varchar, batch_number int);
CREATE TABLE script_tracking.script_execution_s (
    script_execution_hk bytea, load_date timestamptz, load_end_date timestamptz, hash_diff bytea, version_number bigint,
    script_name varchar, script_type varchar, execution_status varchar, execution_timestamp timestamptz,
    execution_duration_ms numeric, db_session_user varchar, client_ip text, affected_objects jsonb, sql_command text,
    error_message text, metadata jsonb, record_source varchar, script_content text, ticket text, approver text, api_token text);
CREATE TABLE script_tracking.script_performance_s (id int);
INSERT INTO script_tracking.script_execution_h
    SELECT sha256(convert_to(n, 'UTF8')), n, sha256('acme'), '2024-05-01', 'LEGACY', 7
    FROM unnest(ARRAY['by version', 'by open end', 'without version', 'running', repeat('long', 100)]) AS n;
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, load_end_date, version_number, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects,
    sql_command, metadata, record_source, script_content, ticket, approver, api_token)
SELECT sha256(convert_to(v.name, 'UTF8')), '2024-05-01 10:00+00', v.ended, v.version, v.name, 'MIGRATION', v.status,
    '2024-05-01 10:00+00', 12.4, 'dba', v.ip, '["public.orders", "public.lines"]', 'SELECT 1',
    '{"note": "first", "role": "owner"}', 'LEGACY', 'CREATE USER x PASSWORD ''hunter2''', 'OPS-1', 'Jo', 'abc'
FROM (VALUES
    ('by version', NULL::timestamptz, 2, 'SUCCESS', '10.0.0.1'), ('by version', NULL, 1, 'RUNNING', '10.0.0.1'),
    ('by open end', NULL, NULL, 'Succeeded', 'localhost'), ('by open end', '2024-05-01 10:00+00', NULL, 'STARTED', NULL),
    ('running', NULL, 5, 'in progress', NULL), (repeat('long', 100), 'infinity', 6, 'ERROR', NULL),
    ('in the satellite alone', NULL, 7, 'OK', NULL)) AS v (name, ended, version, status, ip);
"""
_CURRENT = """
SELECT script_name, execution_status, execution_duration_ms, client_ip::text, affected_objects, tenant_hk = sha256('acme'), metadata
FROM script_tracking.current_execution WHERE record_source = 'adopted:LEGACY' ORDER BY script_name
"""


@pytest.fixture
def platform(empty_conninfo: str) -> Iterator[Database]:
    """A database with a platform's tracker, as it was found."""
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute(_PLATFORM.encode())
        yield Database.wrap(connection)


@pytest.mark.every_server
def test_adopt_keeps_every_row_status_tenant_and_column(platform: Database) -> None:
    report = schema.install(platform, InstallOptions(adopt=True))
    rows = {name: rest for name, *rest in platform.rows(_CURRENT)}
    long_name = "long" * 63 + "..."
    assert {name: row[0] for name, row in rows.items()} == {
        "by version": "COMPLETED",
        "by open end": "COMPLETED",
        "running": "ABANDONED",
        "without version": "ABANDONED",
        "in the satellite alone": "COMPLETED",
        long_name: "FAILED",
    }
    assert {name for name, row in rows.items() if row[4]} == rows.keys() - {"in the satellite alone"}
    status, duration, address, objects, _, metadata = rows["by version"]
    assert (status, duration, address) == ("COMPLETED", 12, "10.0.0.1/32")
    assert objects == ["public.orders", "public.lines"]
    assert metadata["note"] == "first"
    adopted = metadata["adopted"]
    assert adopted["execution_status"] == "SUCCESS"
    assert adopted["columns"]["ticket"] == "OPS-1"
    assert adopted["columns"]["approver"] == "Jo"
    assert adopted["columns"]["version_number"] == 2
    assert adopted["hub"]["batch_number"] == 7
    assert adopted["metadata"] == {"role": "owner"}
    assert rows["by open end"][5]["adopted"]["columns"]["client_ip"] == "localhost"
    assert rows[long_name][5]["adopted"]["cut"]["script_name"] == "long" * 100
    assert rows["without version"][5]["adopted"]["without_version"] is True
    everything = str(platform.rows("SELECT s::text FROM script_tracking.script_execution_s AS s"))
    assert "CREATE USER x PASSWORD" in everything
    assert "hunter2" not in everything
    assert platform.value("SELECT count(*) FROM script_tracking.script_execution_s") == 8
    assert report.adopted == 6
    text = "\n".join(report.adopted_lines)
    assert "copied 6 executions with 8 versions" in text
    assert "the status SUCCESS became COMPLETED" in text
    assert "kept in that schema: script_performance_s" in text
    assert schema.diagnose(platform) == []


def test_versions_of_one_moment_keep_their_order(platform: Database) -> None:
    schema.install(platform, InstallOptions(adopt=True))
    versions = platform.rows(
        "SELECT script_name, array_agg(execution_status::text ORDER BY load_date),"
        " array_agg(execution_status::text ORDER BY version_number), count(*) FILTER (WHERE load_end_date IS NULL)"
        " FROM script_tracking.script_execution_s WHERE starts_with(script_name, 'by') GROUP BY 1 ORDER BY 1"
    )
    states = ["RUNNING", "COMPLETED"]
    assert versions == [("by open end", states, states, 1), ("by version", states, states, 1)]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            "UPDATE {s} SET execution_status = 'HALF' WHERE version_number = 5",
            "1 versions with the status HALF",
        ),
        (
            "UPDATE {s} SET script_execution_hk = NULL WHERE version_number = 5",
            "1 rows of the satellite without a key",
        ),
        (
            "ALTER TABLE {h} DROP CONSTRAINT script_execution_h_pkey; INSERT INTO {h} SELECT * FROM {h} LIMIT 1",
            "1 executions that the hub has more than once",
        ),
        ("ALTER TABLE {s} RENAME TO versions", "has no tables script_execution_h and script_execution_s"),
        (
            "ALTER TABLE {h} RENAME script_execution_hk TO id",
            "has no tables script_execution_h and script_execution_s",
        ),
    ],
)
def test_adopt_says_what_it_cannot_carry_over_and_changes_nothing(
    platform: Database, damage: str, message: str
) -> None:
    tables = {"h": "script_tracking.script_execution_h", "s": "script_tracking.script_execution_s"}
    platform.run_script(damage.format(**tables))
    before = platform.rows("SELECT oid, relname, relfilenode FROM pg_class ORDER BY 1")
    with pytest.raises(DbtrackError, match=message) as caught:
        schema.install(platform, InstallOptions(adopt=True))
    assert str(caught.value.hint).startswith("nothing was changed")
    assert platform.rows("SELECT oid, relname, relfilenode FROM pg_class ORDER BY 1") == before


def test_keys_of_other_types_are_carried_over(empty_conninfo: str) -> None:
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute(
            "CREATE SCHEMA script_tracking;"
            "CREATE TABLE script_tracking.script_execution_h (script_execution_hk text, tenant_hk text);"
            "CREATE TABLE script_tracking.script_execution_s (script_execution_hk text, script_name text);"
            "INSERT INTO script_tracking.script_execution_h VALUES (encode(sha256('a'), 'hex'), encode(sha256('acme'), 'hex')),"
            " ('17', NULL);"
            "INSERT INTO script_tracking.script_execution_s SELECT script_execution_hk, 'run' FROM script_tracking.script_execution_h"
        )
        schema.install(Database.wrap(connection), InstallOptions(adopt=True))
        keys = connection.execute(
            "SELECT script_execution_hk = sha256('a'), tenant_hk = sha256('acme'), metadata -> 'adopted' ->> 'script_execution_hk'"
            " FROM script_tracking.current_execution ORDER BY length(metadata -> 'adopted' ->> 'script_execution_hk')"
        ).fetchall()
    assert keys[0] == (False, None, "17")
    assert keys[1][:2] == (True, True)


def test_the_doctor_sees_when_what_was_carried_over_is_gone(platform: Database) -> None:
    platform.execute("UPDATE script_tracking.script_execution_s SET execution_timestamp = now()")
    platform.execute("UPDATE script_tracking.script_execution_h SET load_date = now()")
    schema.install(platform, InstallOptions(adopt=True))
    assert schema.diagnose(platform) == []
    platform.execute("DELETE FROM script_tracking.script_execution_s WHERE script_name = 'running'")
    assert any("of 8 versions" in finding.message for finding in schema.diagnose(platform))
