"""A script_tracking schema of other make: never touched, and carried over on request."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.schema.script import InstallOptions

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
    """A database with a tracker of other make."""
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
