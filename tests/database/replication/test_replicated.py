"""Two servers and logical replication: whose operation it is, who ran a DDL, and which settings hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.recorded import Record
from tests.support.servers import find_binaries, start_server

_SETTINGS = "wal_level = logical\nwal_retrieve_retry_interval = '100ms'\n"
_PUBLISHED = (
    "script_tracking.script_execution_h, script_tracking.script_execution_s, script_tracking.open_execution,"
    " script_tracking.setting, public.queue"
)
_RUN_DDL = """
CREATE FUNCTION run_ddl() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE NEW.ddl; RETURN NULL; END'
"""


@dataclass(frozen=True)
class Pair:
    """A publisher and its subscriber, each with dbtrack."""

    publisher: psycopg.Connection[Any]
    subscriber: psycopg.Connection[Any]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two servers; the second applies with its owner's rights what the first writes."""
    binaries = find_binaries(18)
    assert binaries
    servers = [start_server(18, binaries, _SETTINGS) for _ in range(2)]
    try:
        connections = [psycopg.connect(server.conninfo("postgres"), autocommit=True) for server in servers]
        for connection in connections:
            connection.execute("CREATE TABLE queue (id int PRIMARY KEY, ddl text)")
            schema.install(Database.wrap(connection))
        publisher, subscriber = connections
        subscriber.execute(_RUN_DDL)
        subscriber.execute("CREATE TRIGGER run AFTER INSERT ON queue FOR EACH ROW EXECUTE FUNCTION run_ddl()")
        subscriber.execute("ALTER TABLE queue ENABLE REPLICA TRIGGER run")
        publisher.execute(
            f"CREATE PUBLICATION news FOR TABLE {_PUBLISHED} WITH (publish_via_partition_root = true)".encode()
        )
        subscriber.execute(
            f"CREATE SUBSCRIPTION news CONNECTION '{servers[0].conninfo('postgres')}' PUBLICATION news"
            " WITH (run_as_owner = true, origin = none, copy_data = false)".encode()
        )
        yield Pair(publisher, subscriber)
        for connection in connections:
            connection.close()
    finally:
        for server in servers:
            server.stop()


def value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(400):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not arrive")


def test_an_operation_is_given_up_by_its_own_server_alone(pair: Pair) -> None:
    status = "SELECT execution_status FROM script_tracking.current_execution WHERE script_name = 'migration'"
    with psycopg.connect(pair.publisher.info.dsn, autocommit=True) as worker:
        worker.execute("SELECT script_tracking.track_operation('migration', bound_to_connection => true)")
        wait_for(lambda: value(pair.subscriber, status) == "RUNNING")
        assert value(pair.subscriber, "SELECT script_tracking.close_abandoned()") == 0
        assert value(pair.subscriber, status) == "RUNNING"
    wait_for(lambda: value(pair.publisher, "SELECT script_tracking.close_abandoned()") == 1)
    wait_for(lambda: value(pair.subscriber, status) == "ABANDONED")


def test_settings_are_each_servers_own(pair: Pair) -> None:
    shown = "SELECT script_tracking.current_setting_value('redaction.mode')"
    in_force = "SELECT redaction FROM script_tracking.capture_setting"
    pair.publisher.execute("SELECT script_tracking.set_setting('redaction.mode', 'all')")
    pair.publisher.execute("INSERT INTO queue VALUES (0, 'CREATE TABLE public.arrived (id int)')")
    wait_for(lambda: bool(value(pair.subscriber, "SELECT to_regclass('public.arrived') IS NOT NULL")))
    assert (value(pair.subscriber, shown), value(pair.subscriber, in_force)) == ("secrets", "secrets")


def test_the_record_says_that_a_worker_ran_a_ddl_and_of_which_subscription(pair: Pair) -> None:
    record = Record(pair.subscriber)
    mark = record.mark()
    pair.publisher.execute("INSERT INTO queue VALUES (1, 'CREATE TABLE public.shipped (id int)')")
    wait_for(lambda: bool(value(pair.subscriber, "SELECT to_regclass('public.shipped') IS NOT NULL")))
    (execution,) = (found for found in record.since(mark) if found.objects == ["public.shipped"])
    said = execution.metadata
    assert said["session_replication_role"] == "replica"
    # Its name is a longer one from PostgreSQL 17 on.
    assert said["backend_type"].startswith("logical replication")
    assert said["subscription"] == "news"
    assert said["replication_origin"].startswith("pg_")


def test_a_person_who_sets_the_role_is_not_a_worker(record: Record) -> None:
    record.connection.execute("SET session_replication_role = replica")
    (execution,) = record.of("CREATE TABLE t (id int)")
    assert execution.metadata["session_replication_role"] == "replica"
    assert execution.metadata["backend_type"] == "client backend"
    assert "subscription" not in execution.metadata
    record.connection.execute("RESET session_replication_role")
    (execution,) = record.of("CREATE TABLE u (id int)")
    assert not execution.metadata.keys() & {"session_replication_role", "backend_type"}
