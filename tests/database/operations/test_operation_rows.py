"""What track_operation and complete_operation write themselves, to be quick, is what the shared functions write."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.dumps import database_name
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

SAME_VERSIONS = """
SELECT to_jsonb(s) - '{script_execution_hk,load_date,load_end_date,hash_diff,version_number,execution_timestamp,recorded_by}'::text[]
    #- '{metadata,transaction_id}'
FROM script_tracking.script_execution_s AS s
WHERE s.script_execution_hk = %(key)s ORDER BY s.version_number
"""
SAME_OPEN = """
SELECT to_jsonb(o) - '{script_execution_hk,load_date}'::text[]
FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = %(key)s
"""
BY_SHARED_FUNCTIONS = """
SELECT i.o_script_execution_hk, script_tracking.open_execution(i.o_script_execution_hk, i.o_load_date, %(bound)s, NULL)
FROM script_tracking.insert_execution('load', 'BACKUP', 'RUNNING', clock_timestamp(), NULL, %(tenant)s, '{}', NULL, NULL,
    script_tracking.caller_metadata(%(metadata)s) || script_tracking.session_metadata(), 'tracker_api') AS i
"""
CLOSED_BY_SHARED_FUNCTIONS = """
WITH opened AS (DELETE FROM script_tracking.open_execution WHERE script_execution_hk = %(key)s RETURNING load_date)
SELECT script_tracking.close_version(%(key)s, o.load_date, 'CANCELLED', %(message)s,
    script_tracking.caller_metadata(%(metadata)s) || jsonb_build_object('duration_us', 1500), %(objects)s, NULL, true)
FROM opened AS o
"""
HASHES = """
SELECT bool_and(s.hash_diff = script_tracking.calculate_hash_diff(s.tenant_hk, s.script_name, s.script_type,
    s.execution_status, s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip,
    s.affected_objects, s.sql_command, s.error_message, s.metadata, s.record_source)), count(*)
FROM script_tracking.script_execution_s AS s WHERE s.script_type <> 'MAINTENANCE'
"""
METADATA = '{"ticket": "Ü-1", "none": null, "dsn": "postgresql://bob:hunter2@db/x", "backend_pid": 1}'


@pytest.mark.every_server
@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize("isolation", ["read committed", "serializable"])
def test_both_ways_write_the_same(installed: Database, bound: bool, isolation: str) -> None:
    installed.execute("SET application_name = 'nightly password=hunter2'")
    installed.execute(
        "SELECT set_config('default_transaction_isolation', %(level)s, false)", {"level": isolation}
    )
    tenant = installed.value("SELECT script_tracking.add_tenant('acme', 'Acme Ltd')")
    given: dict[str, Any] = {"bound": bound, "tenant": tenant, "metadata": METADATA}
    quick = installed.value(
        "SELECT script_tracking.track_operation('load', 'BACKUP', %(tenant)s, %(metadata)s, %(bound)s, 'tracker_api')",
        given,
    )
    shared = installed.value(BY_SHARED_FUNCTIONS, given)
    [noted], [expected] = (installed.rows(SAME_OPEN, {"key": key}) for key in (quick, shared))
    if not bound:
        # Nobody asks for the connection of an operation that may outlive it.
        expected[0]["backend_start"] = None
    assert noted == expected

    end = {"message": "password=hunter2 refused", "metadata": METADATA, "objects": ["public.orders"]}
    installed.execute(
        "SELECT script_tracking.complete_operation(%(key)s, false, %(message)s, %(metadata)s, 'CANCELLED', %(objects)s, 1500)",
        {**end, "key": quick},
    )
    installed.execute(CLOSED_BY_SHARED_FUNCTIONS, {**end, "key": shared})
    written = installed.rows(SAME_VERSIONS, {"key": quick})
    assert len(written) == 2
    assert written == installed.rows(SAME_VERSIONS, {"key": shared})
    assert "hunter2" not in repr(written)
    assert installed.rows(HASHES) == [(True, 4)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("NULL", "must have 1 to 255 characters, not 0"),
        ("''", "must have 1 to 255 characters, not 0"),
        ("'  '", "must have 1 to 255 characters, not 2"),
        ("repeat('x', 256)", "must have 1 to 255 characters, not 256"),
        ("'x', NULL", "must have 1 to 50 characters, not 0"),
        ("'x', ' '", "must have 1 to 50 characters, not 1"),
        ("'x', repeat('x', 51)", "must have 1 to 50 characters, not 51"),
        ("'x', writer => 'log_ingest'", "unknown writer: log_ingest"),
        ("'x', writer => NULL", "unknown writer"),
        ("'x', 'DDL_AUTO'", "the type DDL_AUTO is reserved"),
        ("'x', 'Security'", "the type Security is reserved"),
        ("'x', 'unattributed'", "the type unattributed is reserved"),
        ("'dbtrack erase'", 'the name "dbtrack erase" is reserved'),
        ("'DBTRACK cleanup'", 'the name "DBTRACK cleanup" is reserved'),
        ("'x', metadata => '[1]'", "must be a JSON object, not a JSON array"),
        ("'x', metadata => 'null'", "must be a JSON object, not a JSON null"),
    ],
)
def test_what_cannot_be_stored_is_refused(installed: Database, arguments: str, message: str) -> None:
    with pytest.raises(psycopg.Error, match=message) as caught:
        installed.raw.execute(f"SELECT script_tracking.track_operation({arguments})".encode())
    assert caught.value.sqlstate == "DT006"
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 0


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        (" led by a space", " led by a space"),
        ("x" * 255, "x" * 255),
        ("dump of postgresql://bob:hunter2@db/x", "dump of postgresql://bob:***@db/x"),
        ("job password=hunter2", "job password=***"),
        ("ALTER ROLE bob PASSWORD 'hunter2'", "ALTER ROLE bob PASSWORD ***"),
    ],
)
def test_a_name_is_stored_without_secrets(installed: Database, name: str, stored: str) -> None:
    installed.execute("SELECT script_tracking.track_operation(%(name)s, 'OF MY OWN')", {"name": name})
    rows = installed.rows(
        "SELECT s.script_name, left(h.script_execution_bk, length(s.script_name)) FROM script_tracking.current_execution AS s"
        " JOIN script_tracking.script_execution_h AS h USING (script_execution_hk)"
    )
    assert rows == [(stored, stored)]


def test_each_version_names_the_transaction_that_wrote_it(installed: Database) -> None:
    key = installed.value("SELECT script_tracking.track_operation('load')")
    installed.execute("SELECT script_tracking.complete_operation(%(key)s)", {"key": key})
    installed.execute("CREATE TABLE t (id int)")
    installed.execute("CREATE INDEX CONCURRENTLY ON t (id)")
    transaction = "(metadata ->> 'transaction_id')::bigint"
    versions = "FROM script_tracking.script_execution_s"
    assert installed.value(f"SELECT count(DISTINCT {transaction}) {versions}") == 5
    # Ending a version writes its row again; and in a subtransaction xmin is a later one than the transaction's.
    distances = (
        f"SELECT DISTINCT xmin::text::bigint - {transaction} IN (0, 1) {versions} WHERE load_end_date IS NULL"
    )
    assert installed.rows(distances) == [(True,)]


def test_an_operation_that_another_login_closed_is_reported_as_closed(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("operator", member_of=["dbtrack_operator"])
    closed_by = "SELECT metadata ->> 'closed_by' FROM script_tracking.current_execution"
    close = 'SELECT script_tracking.complete_operation(%s, metadata => \'{"closed_by": "x"}\')'
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as operator:
        track = "SELECT script_tracking.track_operation('load')"
        own, other = (operator.execute(track).fetchone() for _ in range(2))
        operator.execute(close, own)
    assert installed.rows(closed_by) == [(None,), (None,)]
    installed.raw.execute(close, other)
    assert sorted(installed.rows(closed_by), key=str) == [("postgres",), (None,)]


def test_the_source_of_a_record_is_one_through_a_socket_and_over_tcp(
    installed: Database, server: Server, installed_conninfo: str
) -> None:
    dbname = database_name(installed_conninfo)
    for tcp in (False, True):
        with psycopg.connect(server.conninfo(dbname, tcp=tcp), autocommit=True) as connection:
            connection.execute("CREATE SCHEMA s")
            connection.execute("DROP SCHEMA s")
            connection.execute("SELECT script_tracking.track_operation('load')")
            connection.execute('SELECT script_tracking.record_operations(\'[{"script_name": "x"}]\')')
    sources = "SELECT DISTINCT split_part(record_source, '@', 2) FROM script_tracking.script_execution_s"
    port = installed.value("SELECT current_setting('port')")
    assert installed.rows(sources) == [(f"local:{port}/{dbname}",)]


@pytest.mark.parametrize("fields", ['"script_type": "DDL_LOG"', '"script_name": "dbtrack cleanup"'])
@pytest.mark.parametrize(
    "call",
    [
        "script_tracking.record_operations(jsonb_build_array({}))",
        "script_tracking.record_operations(jsonb_build_array({}), writer => 'dbtrack_cli')",
        "script_tracking.record_spooled(gen_random_uuid(), {})",
    ],
)
def test_what_is_dbtracks_own_is_refused_of_a_batch_and_of_a_spool(
    installed: Database, call: str, fields: str
) -> None:
    operation = f"""'{{"script_name": "x", {fields}}}'::jsonb"""
    with pytest.raises(psycopg.Error, match="is reserved"):
        installed.raw.execute(f"SELECT {call.format(operation)}".encode())
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 0
