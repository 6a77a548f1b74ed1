"""The facts about transactions and sessions, with dbtrack installed."""

from __future__ import annotations

import contextlib
import re

import psycopg
import pytest
from psycopg import errors

from tests.support.recorded import Record
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

pytestmark = pytest.mark.every_server

# So many subtransactions of a backend PostgreSQL keeps at hand; one more, and every snapshot gets slow.
CACHED_SUBTRANSACTIONS = 64


class UndoError(Exception):
    """Raised to roll a transaction back."""


def undone(connection: Connection, statement: str) -> None:
    with contextlib.suppress(UndoError), connection.transaction():
        connection.execute(statement.encode())
        raise UndoError


def test_concurrent_index_commands_work_and_are_recorded(record: Record) -> None:
    record.of("CREATE TABLE t (id int)")
    executions = record.of("CREATE INDEX CONCURRENTLY i ON t (id)", "DROP INDEX CONCURRENTLY i")
    assert [(e.tag, e.status, e.objects) for e in executions] == [
        ("CREATE INDEX", "COMPLETED", ["public.i"]),
        ("DROP INDEX", "COMPLETED", ["public.i"]),
    ]


def test_a_concurrent_index_is_seen_running_while_it_runs(record: Record) -> None:
    record.of("CREATE TABLE t (id int)")
    dsn = record.connection.info.dsn
    before = record.mark()
    with psycopg.connect(dsn) as blocker, psycopg.connect(dsn, autocommit=True) as builder:
        blocker.execute("INSERT INTO t VALUES (1)")
        builder.execute("SET lock_timeout = '500ms'")
        with pytest.raises(errors.LockNotAvailable):
            builder.execute("CREATE INDEX CONCURRENTLY i ON t (id)")
        [execution] = record.since(before)
        assert (execution.tag, execution.status) == ("CREATE INDEX", "RUNNING")


def test_a_failed_concurrent_index_leaves_its_start(record: Record) -> None:
    record.of("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1), (1)")
    before = record.mark()
    with pytest.raises(errors.UniqueViolation):
        record.of("CREATE UNIQUE INDEX CONCURRENTLY i ON t (id)")
    [execution] = record.since(before)
    assert (execution.tag, execution.status) == ("CREATE INDEX", "RUNNING")


def test_a_ddl_after_a_failed_concurrent_index_is_its_own_execution(record: Record) -> None:
    record.of("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1), (1)")
    before = record.mark()
    with pytest.raises(errors.UniqueViolation):
        record.of("CREATE UNIQUE INDEX CONCURRENTLY i ON t (id)")
    record.of("DROP INDEX i")
    assert [(e.tag, e.status) for e in record.since(before)] == [
        ("CREATE INDEX", "RUNNING"),
        ("DROP INDEX", "COMPLETED"),
    ]


def test_a_partition_is_detached_concurrently_and_recorded(record: Record) -> None:
    record.of(
        "CREATE TABLE whole (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE part PARTITION OF whole FOR VALUES FROM (1) TO (2)",
    )
    [execution] = record.of("ALTER TABLE whole DETACH PARTITION part CONCURRENTLY")
    assert (execution.tag, execution.status) == ("ALTER TABLE", "COMPLETED")


def test_a_concurrent_reindex_works(record: Record, server: Server) -> None:
    record.of("CREATE TABLE t (id int PRIMARY KEY)")
    executions = record.of("REINDEX TABLE CONCURRENTLY t")
    assert [e.status for e in executions] == (["COMPLETED"] if server.major >= 17 else [])


def test_failed_and_rolled_back_ddl_is_not_recorded(record: Record) -> None:
    before = record.mark()
    with pytest.raises(errors.UndefinedObject):
        record.of("CREATE TABLE t (id absent_type)")
    undone(record.connection, "CREATE TABLE t (id int)")
    assert record.since(before) == []


def test_a_rollback_to_a_savepoint_hides_the_inner_ddl_only(record: Record) -> None:
    before = record.mark()
    with record.connection.transaction():
        record.of("CREATE TABLE kept (id int)")
        undone(record.connection, "CREATE TABLE undone (id int)")
        record.of("CREATE TABLE kept_too (id int)")
    executions = record.since(before)
    assert [e.objects for e in executions] == [["public.kept"], ["public.kept_too"]]
    assert [e.metadata.get("nesting_level") for e in executions] == [None, None]


def test_a_thousand_ddl_in_one_transaction_keep_the_subtransaction_cache(
    record: Record, server: Server
) -> None:
    with record.connection.transaction():
        executions = record.of(*(f"CREATE TABLE t{number} ()" for number in range(1000)))
        if server.major >= 16:
            [(count, overflowed)] = record.connection.execute(
                "SELECT s.subxact_count, s.subxact_overflowed FROM pg_stat_get_backend_idset() AS b (id),"
                " pg_stat_get_backend_subxact(b.id) AS s"
                " WHERE pg_stat_get_backend_pid(b.id) = pg_backend_pid()"
            )
            assert not overflowed
            assert count <= CACHED_SUBTRANSACTIONS
    assert len(executions) == 1000


def test_serializable_writers_do_not_conflict(record: Record) -> None:
    before = record.mark()
    dsn = record.connection.info.dsn
    with psycopg.connect(dsn) as one, psycopg.connect(dsn) as other:
        for number, session in enumerate((one, other)):
            session.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            session.execute(f"CREATE TABLE t{number} (id int)".encode())
        one.commit()
        other.commit()
    assert len(record.since(before)) == 2


def test_a_transaction_with_ddl_can_be_prepared(record: Record) -> None:
    before = record.mark()
    gid = record.connection.info.dbname
    for statement in ("BEGIN", "CREATE TABLE t (id int)", f"PREPARE TRANSACTION '{gid}'"):
        record.connection.execute(statement.encode())
    assert record.since(before) == []
    record.connection.execute(f"COMMIT PREPARED '{gid}'".encode())
    assert len(record.since(before)) == 1


def test_a_replica_session_is_recorded(record: Record) -> None:
    executions = record.of("SET session_replication_role = replica", "CREATE TABLE t (id int)")
    assert [e.objects for e in executions] == [["public.t"]]


def test_a_role_without_rights_runs_ddl_and_is_recorded_as_itself(record: Record, role: RoleFactory) -> None:
    login = role("ordinary")
    record.of(f"CREATE SCHEMA s AUTHORIZATION {login}")
    before = record.mark()
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute("CREATE TABLE s.t (id int)")
        with pytest.raises(errors.InsufficientPrivilege):
            session.execute("SELECT * FROM script_tracking.script_execution_s")
    [execution] = record.since(before)
    assert execution.login == login
    assert "role" not in execution.metadata


def test_the_acting_role_is_recorded_beside_the_login(record: Record, role: RoleFactory) -> None:
    group = role("group", login=False)
    login = role("login", member_of=[group])
    record.of(f"CREATE SCHEMA s AUTHORIZATION {group}")
    before = record.mark()
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute(f"SET ROLE {group}".encode())
        session.execute("CREATE TABLE s.t (id int)")
    [execution] = record.since(before)
    assert (execution.login, execution.metadata["role"]) == (login, group)


SETTINGS = [
    "row_security = off",
    "quote_all_identifiers = on",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'iso_8601'",
    "TimeZone = 'Asia/Tokyo'",
    "bytea_output = escape",
    "extra_float_digits = 0",
    "search_path = pg_temp, public",
    "standard_conforming_strings = off",
    "client_min_messages = error",
    "default_transaction_isolation = 'serializable'",
    "dbtrack.ddl_stack = 'nonsense'",
    "dbtrack.ddl_stack = '9999999999999999 1 1 1'",
    "dbtrack.ddl_guarded = '-1'",
    "dbtrack.ddl_running = 'x'",
    "dbtrack.ddl_dropped = 'x'",
    "dbtrack.ddl_children = 'x'",
    "dbtrack.execution = 'x'",
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_of_a_session_evades_or_distorts_the_record(
    record: Record, role: RoleFactory, setting: str
) -> None:
    login = role("evader")
    record.of(f"CREATE SCHEMA s AUTHORIZATION {login}")
    before = record.mark()
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute(f"SET {setting}".encode())
        for statement in ("CREATE TABLE s.t (id int)", "ALTER TABLE s.t ADD code text", "DROP TABLE s.t"):
            session.execute(statement.encode())
    executions = record.since(before)
    assert [(e.tag, e.objects, e.login) for e in executions] == [
        ("CREATE TABLE", ["s.t"], login),
        ("ALTER TABLE", ["s.t"], login),
        ("DROP TABLE", ["s.t"], login),
    ]


def test_types_in_pg_temp_do_not_capture_the_functions(record: Record, role: RoleFactory) -> None:
    login = role("evader")
    record.of(f"CREATE SCHEMA s AUTHORIZATION {login}")
    before = record.mark()
    with psycopg.connect(record.connection.info.dsn, user=login, autocommit=True) as session:
        session.execute("CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (false)")
        session.execute("CREATE DOMAIN pg_temp.jsonb AS pg_catalog.jsonb CHECK (false)")
        session.execute("CREATE TABLE s.t (id int)")
    assert [e.objects for e in record.since(before)] == [["s.t"]]


def test_a_long_identity_is_recorded(record: Record) -> None:
    name = "n" * 63
    arguments = ", ".join(f"{name[:50]}{number} numeric" for number in range(90))
    [execution] = record.of(f"CREATE FUNCTION {name}({arguments}) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert re.fullmatch(rf"public\.{name}\((numeric,){{89}}numeric\)", execution.objects[0])
