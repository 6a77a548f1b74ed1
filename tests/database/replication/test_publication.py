"""`dbtrack publication`: a second server receives the record, all of it or one tenant's."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.proof.erase import erase
from dbtrack.reports import REPORTS, run
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.replicated import eventually
from tests.support.searched import add_executions, assert_same_found, index_all
from tests.support.servers import Server, find_binaries, start_server

pytestmark = [pytest.mark.every_server, pytest.mark.slow]

_CURRENT = """
SELECT script_name, execution_status FROM script_tracking.script_execution_s
WHERE load_end_date IS NULL AND record_source LIKE '%@node1:%' ORDER BY script_name, version_number
"""
_OWN = "SELECT count(*) FROM script_tracking.script_execution_s WHERE record_source LIKE '%@node2:%'"
_ENDED = """
SELECT count(*) FROM script_tracking.script_execution_s WHERE load_end_date IS NOT NULL AND record_source LIKE '%@node1:%'
"""
_ALL_COPIED = "SELECT NOT EXISTS (SELECT FROM pg_subscription_rel WHERE srsubstate <> 'r')"
_SUBSCRIPTIONS = """
SELECT s.subname FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid
WHERE d.datname = current_database()
"""
_WAITS = "SELECT jsonb_agg(to_jsonb(w) - 'holders' ORDER BY w.started_at) FROM script_tracking.execution_wait_s AS w"
_LINKS = "SELECT count(*) FROM script_tracking.script_execution_parent_l"
_TRACK = "SELECT script_tracking.track_operation(%s, 'MIGRATION')"
_COMPLETE = "SELECT script_tracking.complete_operation(%s)"
_READER = """
CREATE ROLE record_reader LOGIN REPLICATION BYPASSRLS;
GRANT dbtrack_reader TO record_reader;
"""


@dataclass(frozen=True)
class Side:
    """A database with dbtrack on one of the servers."""

    conninfo: str
    database: Database

    def value(self, query: str, *arguments: object) -> object:
        row = self.database.raw.execute(query.encode(), arguments or None).fetchone()
        return row[0] if row else None

    def current(self) -> list[tuple[str, str]]:
        return [(name, status) for name, status in self.database.rows(_CURRENT)]


@pytest.fixture(scope="module")
def servers(server: Server) -> Iterator[tuple[Server, Server]]:
    """Two servers of a major version."""
    bin_dir = find_binaries(server.major)
    assert bin_dir
    started = [
        start_server(server.major, bin_dir, f"wal_level = logical\ncluster_name = 'node{number}'\n")
        for number in (1, 2)
    ]
    yield started[0], started[1]
    for one in started:
        one.stop()


@contextmanager
def sides(servers: tuple[Server, Server], name: str) -> Iterator[tuple[Side, Side]]:
    """Make a database with dbtrack on each of them, and drop the subscription in the end."""
    found = []
    for one in servers:
        with psycopg.connect(one.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        conninfo = one.conninfo(name, tcp=True)
        database = Database.wrap(psycopg.connect(conninfo, autocommit=True))
        schema.install(database)
        found.append(Side(conninfo, database))
    try:
        yield found[0], found[1]
    finally:
        for side in found:
            for (subscription,) in side.database.rows(_SUBSCRIPTIONS):
                side.database.raw.execute(f"DROP SUBSCRIPTION {subscription}".encode())
            side.database.raw.close()


def subscribe(publisher: Side, subscriber: Side, *words: str) -> None:
    """Run what `publication create` prints, as it is printed."""
    created = run_dbtrack("publication", "create", *words, "-d", publisher.conninfo)
    assert created.returncode == 0, created.stderr
    statement = "\n".join(line for line in created.stdout.splitlines() if not line.startswith("--"))
    subscriber.database.raw.execute(statement.encode())
    eventually(lambda: bool(subscriber.value(_ALL_COPIED)))


def operations(side: Side) -> int:
    dashboard = {row[0]: row[1] for row in run(side.database, REPORTS["dashboard"], {})}
    return int(dashboard["total_operations_24h"])


def test_a_subscriber_receives_the_record_and_counts_each_execution_once(
    servers: tuple[Server, Server],
) -> None:
    with sides(servers, "whole") as (publisher, subscriber):
        publisher.database.raw.execute(_READER.encode())
        publisher.value(_COMPLETE, publisher.value(_TRACK, "before"))
        running = publisher.value(_TRACK, "long")
        moved = publisher.value(_TRACK, "moved")
        publisher.value("SELECT script_tracking.set_setting('redaction.mode', 'all')")
        subscribe(publisher, subscriber, "--role", "record_reader")
        assert ("long", "RUNNING") in subscriber.current()
        publisher.value(_COMPLETE, running)
        publisher.database.raw.execute(b"CREATE TABLE cust (id int)")
        eventually(lambda: subscriber.current() == publisher.current())
        assert ("long", "COMPLETED") in subscriber.current()
        eventually(lambda: subscriber.value(_ENDED) == publisher.value(_ENDED))
        own = int(str(subscriber.value(_OWN)))
        assert operations(subscriber) == operations(publisher) + own
        subscriber.value("SELECT count(*) FROM script_tracking.maintain()")
        assert operations(subscriber) == operations(publisher) + own
        assert subscriber.value("SELECT script_tracking.current_setting_value('redaction.mode')") == "secrets"
        history = rows(run_dbtrack("history", "--format", "jsonl", "-d", subscriber.conninfo))
        assert [row["script_name"] for row in history].count("long") == 1
        checked = run_dbtrack("doctor", "-d", publisher.conninfo)
        assert checked.returncode == 0, checked.stdout
        # The subscriber takes the publisher's place: who started an operation there can end it here, once.
        assert (subscriber.value(_COMPLETE, moved), subscriber.value(_COMPLETE, moved)) == (True, False)
        assert [status for name, status in subscriber.current() if name == "moved"] == ["COMPLETED"]
        # Each node removes by its own retention.
        publisher.database.execute(
            "DELETE FROM script_tracking.script_execution_s WHERE script_name = 'before'"
        )
        publisher.value(_COMPLETE, publisher.value(_TRACK, "after"))
        eventually(lambda: ("after", "COMPLETED") in subscriber.current())
        assert ("before", "COMPLETED") in subscriber.current()


def test_a_tenants_subscriber_receives_no_other_record_and_its_superseded_versions_end(
    servers: tuple[Server, Server],
) -> None:
    with sides(servers, "filtered") as (publisher, subscriber):
        for name in ("acme", "globex"):
            publisher.value("SELECT script_tracking.add_tenant(%s, %s)", name, f"{name} Ltd")
            publisher.database.raw.execute(f"CREATE SCHEMA {name}".encode())
            publisher.value("SELECT script_tracking.map_tenant_schema(%s, %s)", name, name)
        subscribe(publisher, subscriber, "of_acme", "--tenant", "acme")
        publisher.database.raw.execute(b"CREATE TABLE acme.t (id int)")
        publisher.database.raw.execute(b"CREATE TABLE globex.t (id int)")
        track = "SELECT script_tracking.track_operation(%s, 'MIGRATION', tenant_hk => script_tracking.resolve_tenant(%s))"
        for name in ("acme", "globex"):
            key = publisher.value(track, f"load of {name}", name)
            publisher.value(_COMPLETE, key)
            wait_for_lock(publisher, f"load of {name}")
        publisher.value("SELECT script_tracking.rename_tenant('acme', 'Acme plc')")
        eventually(lambda: ("load of acme", "COMPLETED") in subscriber.current())
        eventually(
            lambda: (
                subscriber.value(
                    "SELECT tenant_name FROM script_tracking.tenant_s WHERE load_end_date IS NULL"
                )
                == "Acme plc"
            )
        )
        assert (
            subscriber.value("SELECT string_agg(DISTINCT tenant_bk, ',') FROM script_tracking.tenant_h")
            == "acme"
        )
        found = [name for name, _ in subscriber.current()]
        assert found.count("load of acme") == 1
        assert not [name for name in found if "globex" in name]
        # Who held the lock can be another tenant's login.
        eventually(
            lambda: (
                subscriber.database.rows(
                    "SELECT waited_ms::text, holders::text FROM script_tracking.execution_wait_s"
                )
                == [("1234.500", "[]")]
            )
        )
        others = "SELECT count(*) FROM script_tracking.script_execution_s WHERE tenant_hk <> script_tracking.resolve_tenant('acme')"
        assert subscriber.value(others) == 0
        # The version that was superseded ended when the one after it was written, as at the publisher.
        ends = "SELECT max(load_end_date) FROM script_tracking.script_execution_s WHERE script_name = 'load of acme'"
        assert subscriber.value(ends) == publisher.value(ends)
        listed = rows(run_dbtrack("publication", "list", "--format", "jsonl", "-d", publisher.conninfo))
        assert [(row["publication"], row["publishes"], row["tenants"]) for row in listed] == [
            ("of_acme", "insert", ["acme"])
        ]


def wait_for_lock(side: Side, script_name: str, started_at: str = "now()") -> None:
    """Note that an execution waited for a lock."""
    side.database.raw.execute(
        (
            "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, "
            "is_acquired, lock_mode, object_identity, backend_pid, statement, holders, record_source) "
            f"SELECT script_execution_hk, {started_at}, 'log', tenant_hk, 1234.5, true, 'AccessExclusiveLock', "
            "'public.locked', 4711, 'ALTER TABLE locked', '[{\"pid\": 42, \"login\": \"holder\"}]', 'log_ingest@node1:test' "
            f"FROM script_tracking.current_execution WHERE script_name = '{script_name}'"
        ).encode()
    )


def create_statement(publisher: Side) -> bytes:
    """Return what the subscriber runs, of a publication that exists."""
    printed = done(run_dbtrack("publication", "create", "--print-sql", "-d", publisher.conninfo))
    return printed[printed.index("CREATE SUBSCRIPTION") :].encode()


def lose_slot(publisher: Side) -> None:
    """Let the publisher give up the slot, which retains more of the log than it may."""
    for statement in (
        "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'",
        "SELECT pg_reload_conf()",
        *(f"SELECT pg_logical_emit_message(false, 'x', '{number}'), pg_switch_wal()" for number in range(4)),
        "CHECKPOINT",
        "ALTER SYSTEM RESET max_slot_wal_keep_size",
        "SELECT pg_reload_conf()",
    ):
        publisher.database.raw.execute(statement.encode())
    assert publisher.value("SELECT wal_status FROM pg_replication_slots") == "lost"


@pytest.mark.parametrize("slot", ["lost", "gone"])
def test_a_subscriber_whose_slot_is_lost_copies_again(servers: tuple[Server, Server], slot: str) -> None:
    with sides(servers, f"again_{slot}") as (publisher, subscriber):
        publisher.value(_COMPLETE, publisher.value(_TRACK, "before"))
        running = publisher.value(_TRACK, "long")
        wait_for_lock(publisher, "before")
        subscribe(publisher, subscriber)
        eventually(lambda: subscriber.value(_WAITS) == publisher.value(_WAITS))
        done(run_dbtrack("seal", "-d", subscriber.conninfo))
        subscriber.database.raw.execute(b"ALTER SUBSCRIPTION dbtrack_record_again_%b DISABLE" % slot.encode())
        eventually(lambda: not publisher.value("SELECT bool_or(active) FROM pg_replication_slots"))
        # Meanwhile: an end, another operation, DDL, a wait.
        publisher.value(_COMPLETE, running)
        publisher.value(_COMPLETE, publisher.value(_TRACK, "missed"))
        publisher.database.raw.execute(b"CREATE TABLE IF NOT EXISTS meanwhile (id serial)")
        wait_for_lock(publisher, "missed")
        if slot == "lost":
            lose_slot(publisher)
        else:
            publisher.value("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
            subscriber.database.raw.execute(
                b"ALTER SUBSCRIPTION dbtrack_record_again_gone SET (slot_name = NONE)"
            )
        # The steps of docs/publication.md.
        subscriber.database.raw.execute(b"DROP SUBSCRIPTION dbtrack_record_again_%b" % slot.encode())
        subscriber.database.raw.execute(create_statement(publisher))
        eventually(lambda: bool(subscriber.value(_ALL_COPIED)))
        assert subscriber.current() == publisher.current()
        assert {("long", "COMPLETED"), ("missed", "COMPLETED")} <= set(subscriber.current())
        for query in (_ENDED, _WAITS, _LINKS):
            assert subscriber.value(query) == publisher.value(query), query
        own = int(str(subscriber.value(f"{_OWN} AND load_end_date IS NULL")))
        assert operations(subscriber) == operations(publisher) + own
        subscriber.value("SELECT count(*) FROM script_tracking.maintain()")
        assert operations(subscriber) == operations(publisher) + own
        verified = run_dbtrack("verify", "-d", subscriber.conninfo)
        assert verified.returncode == 0, verified.stdout
        # And it continues.
        publisher.value(_COMPLETE, publisher.value(_TRACK, "after"))
        eventually(lambda: ("after", "COMPLETED") in subscriber.current())


def test_a_subscriber_searches_what_arrived(servers: tuple[Server, Server]) -> None:
    with sides(servers, "searched") as (publisher, subscriber):
        own, arrived = subscriber.database, "SELECT count(*) FROM script_tracking.script_execution_s"
        add_executions(publisher.database, "old", 1, 600)
        publisher.database.execute(
            "UPDATE script_tracking.script_execution_s SET db_session_user = 'alice' WHERE sql_command LIKE '%note_55 %'"
        )
        index_all(publisher.database)
        subscribe(publisher, subscriber)
        index_all(own)
        assert assert_same_found(own) > 5
        # Into the times of segments, and after them; the publisher's notes stay there.
        add_executions(publisher.database, "late", 2001, 2100, hours_ago=5)
        add_executions(publisher.database, "new", 3001, 3100)
        arrivals = arrived + " WHERE script_name LIKE 'step%'"
        eventually(lambda: subscriber.value(arrivals) == publisher.value(arrivals))
        assert assert_same_found(own) > 5
        index_all(own)
        assert own.value("SELECT script_tracking.search_backlog()") == 0
        assert assert_same_found(own) > 5
        # Whom the publisher erases, the subscriber does not find by its own notes.
        notes = (
            "SELECT count(*) FROM script_tracking.search_block"
            " WHERE slots @> script_tracking.search_slots('alice', true, true)"
        )
        assert own.value(notes) == 1
        erase(publisher.database, "alice", "request 4711")
        eventually(lambda: subscriber.value(arrived + " WHERE db_session_user = 'alice'") == 0)
        assert own.value(notes) == 0
        assert assert_same_found(own) > 5


@pytest.fixture
def database(installed_conninfo: str) -> str:
    return installed_conninfo


def test_print_sql_creates_nothing(database: str) -> None:
    printed = run_dbtrack("publication", "create", "--print-sql", "-d", database)
    follows = run_dbtrack("publication", "create", "--print-sql", "--failover", "-d", database)
    is_old = "PostgreSQL 17 on" in follows.stderr
    assert is_old or "failover = true" in follows.stdout
    assert follows.returncode == (2 if is_old else 0)
    older = ("--failover", "--subscriber-version", "16", "-d", database)
    assert run_dbtrack("publication", "create", "--print-sql", *older).returncode == 2
    assert printed.returncode == 0
    assert "CREATE PUBLICATION dbtrack_record FOR TABLE" in printed.stdout
    assert "recorded_by" not in printed.stdout
    assert "CREATE SUBSCRIPTION dbtrack_record_" in printed.stdout
    assert done(run_dbtrack("publication", "list", "--format", "jsonl", "-d", database)) == ""


def test_what_is_not_its_own_it_refuses(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE cust (id int PRIMARY KEY)")
        connection.execute("CREATE PUBLICATION shop FOR TABLE cust")
    refused = run_dbtrack("publication", "drop", "shop", "-d", database)
    assert (refused.returncode, "not dbtrack's" in refused.stderr) == (2, True)
    missing = run_dbtrack("publication", "drop", "nothing", "-d", database)
    assert (missing.returncode, "publication list" in missing.stderr) == (2, True)
    taken = run_dbtrack("publication", "create", "shop", "-d", database)
    assert (taken.returncode, "already" in taken.stderr) == (2, True)
    unknown = run_dbtrack("publication", "create", "--tenant", "nobody", "-d", database)
    assert (unknown.returncode, "nobody" in unknown.stderr) == (2, True)


def test_one_warning_says_that_wal_level_is_not_logical(server: Server) -> None:
    bin_dir = find_binaries(server.major)
    assert bin_dir
    other = start_server(server.major, bin_dir, "wal_level = replica\n")
    try:
        assert run_dbtrack("install", "-d", other.conninfo()).returncode == 0
        created = run_dbtrack("publication", "create", "-d", other.conninfo())
    finally:
        other.stop()
    assert created.returncode == 0
    assert [line for line in created.stderr.splitlines() if "warning" in line] == [
        "dbtrack: warning: wal_level is not logical: set it in postgresql.conf, and restart the server"
    ]


def test_a_publication_is_dropped(database: str) -> None:
    assert run_dbtrack("publication", "create", "record", "-d", database).returncode == 0
    assert done(run_dbtrack("publication", "drop", "record", "-d", database)) == ""
    assert done(run_dbtrack("publication", "list", "--format", "jsonl", "-d", database)) == ""


def test_doctor_finds_a_publication_that_lacks_a_column(database: str) -> None:
    assert run_dbtrack("publication", "create", "record", "-d", database).returncode == 0
    with psycopg.connect(database, autocommit=True) as connection:
        tables = "script_tracking.script_execution_s (script_execution_hk, load_date, tenant_hk)"
        connection.execute(f"ALTER PUBLICATION record SET TABLE {tables}".encode())
        (finding,) = [
            found
            for found in rows_of(run_dbtrack("doctor", "--format", "jsonl", "-d", database))
            if found["subject"] == "record"
        ]
        assert "script_name" in finding["message"]
        connection.execute(finding["remedy_sql"].encode())
    assert not rows_of(run_dbtrack("doctor", "--format", "jsonl", "-d", database))


def rows_of(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]
