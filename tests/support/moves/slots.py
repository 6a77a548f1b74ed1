"""A subscriber of the record, while the primary server of its publisher dies and a standby takes over."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from dbtrack import schema
from tests.support.kills import kill
from tests.support.moves.watch import KEPT, Row, Watch, connected, values, watching
from tests.support.servers import Server, find_binaries, start_server
from tests.support.standby import start_standby
from tests.support.waiting import wait_until

MAJORS = (17, 18)
_PRIMARY = """
synchronous_commit = on
wal_receiver_status_interval = 1s
"""
_SUBSCRIBER = "wal_retrieve_retry_interval = '200ms'\n"
_STANDBY = (
    "ALTER SYSTEM SET primary_slot_name = 'standby'",
    "ALTER SYSTEM SET hot_standby_feedback = on",
    "ALTER SYSTEM SET sync_replication_slots = on",
    "SELECT pg_reload_conf()",
)
_IS_SYNCED = (
    "SELECT count(*) FROM pg_replication_slots WHERE synced AND NOT temporary AND invalidation_reason IS NULL"
)
_IS_COPIED = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'"
_KEYS = """
SELECT s.script_execution_hk, s.load_date FROM script_tracking.script_execution_s AS s
WHERE s.record_source LIKE '%%@publisher:%%'
"""
_STREAMS = """
SELECT count(*) FROM pg_stat_replication AS r
JOIN pg_replication_slots AS s ON s.active_pid = r.pid
WHERE s.slot_name = 'standby' AND r.replay_lsn >= %(position)s::pg_lsn
"""


@dataclass(frozen=True)
class _Case:
    fault: str
    has_failover: bool
    waits: bool


_CASES = (
    _Case(
        "the primary is killed; `failover = true`, `synchronized_standby_slots`",
        has_failover=True,
        waits=True,
    ),
    _Case("the primary is killed; the subscription has no `failover`", has_failover=False, waits=False),
)


def slotfailover() -> Iterator[Row]:
    """Kill the primary of a publisher, promote its standby, and let the subscriber follow."""
    for major in MAJORS:
        for case in _CASES:
            with ExitStack() as running:
                directory = running.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-moves-"))
                watch = running.enter_context(watching(Path(directory)))
                yield _tried(running, watch, major, case)


def _tried(running: ExitStack, watch: Watch, major: int, case: _Case) -> Row:
    primary = started(running, major, "cluster_name = 'publisher'\n" + _PRIMARY)
    subscriber = started(running, major, "cluster_name = 'subscriber'\n" + _SUBSCRIBER)
    before, there = primary.conninfo(tcp=True), subscriber.conninfo(tcp=True)
    watch.begin(before)
    with connected(there) as database:
        schema.install(database)
    subscribe(watch, before, there, *(("--failover",) if case.has_failover else ()))
    standby = _standby(running, primary)
    if case.has_failover:
        wait_until(lambda: values(standby.conninfo(), _IS_SYNCED)[0][0] == 1, "the slot is on the standby")
    if case.waits:
        for statement in (
            "ALTER SYSTEM SET synchronized_standby_slots = 'standby'",
            "SELECT pg_reload_conf()",
        ):
            primary.psql(statement)
    watch.work(before, "arrives")
    watch.start_operations(before, standby.conninfo(tcp=True))
    wait_until(lambda: has_all(before, there), "the record arrives")
    watch.hand_over(before)
    _wait_for_replay(primary)
    # What is recorded now arrives from the new primary only.
    subscriber.psql("ALTER SUBSCRIPTION dbtrack_record_postgres DISABLE")
    watch.work(before, "waits")
    watch.hand_over(before)
    _wait_for_replay(primary)
    kill(primary)
    standby.psql("SELECT pg_promote()")
    after = standby.conninfo(tcp=True)
    _follow(there, after)
    row = watch.look(f"a subscriber of the record, PostgreSQL {major}", case.fault, after)
    return replace(row, subscriber=_arrival(watch, after, there))


def _arrival(watch: Watch, after: str, there: str) -> str:
    """Return whether the subscriber has all that the new primary has, and what it says if not."""
    try:
        wait_until(lambda: has_all(after, there), "the record arrives")
    except AssertionError:
        areas = watch.attention(there)
        return (
            "lost, told by `dbtrack status` at the subscriber"
            if "replication" in areas
            else "lost: nothing tells it"
        )
    more = set(values(there, _KEYS)) - set(values(after, _KEYS))
    return "wrong: it has what the publisher lost" if more else KEPT


def has_all(publisher: str, subscriber: str) -> bool:
    """Return whether a subscriber has all versions that a publisher recorded itself."""
    return set(values(publisher, _KEYS)) <= set(values(subscriber, _KEYS))


def subscribe(watch: Watch, publisher: str, subscriber: str, *words: str) -> None:
    """Run what `dbtrack publication create` prints, as it is printed."""
    printed = watch.dbtrack(publisher, "publication", "create", *words)
    assert printed.returncode == 0, printed.stderr
    statement = "\n".join(line for line in printed.stdout.splitlines() if not line.startswith("--"))
    with psycopg.connect(subscriber, autocommit=True) as connection:
        connection.execute(statement.encode())
    wait_until_copied(subscriber)


def wait_until_copied(subscriber: str) -> None:
    """Wait until all subscriptions have copied what was there."""
    wait_until(lambda: values(subscriber, _IS_COPIED)[0][0] == 0, "the record is copied")


def _follow(subscriber: str, publisher: str) -> None:
    with psycopg.connect(subscriber, autocommit=True) as connection:
        connection.execute(f"ALTER SUBSCRIPTION dbtrack_record_postgres CONNECTION '{publisher}'".encode())
        connection.execute(b"ALTER SUBSCRIPTION dbtrack_record_postgres ENABLE")


def _standby(running: ExitStack, primary: Server) -> Server:
    primary.psql("SELECT pg_create_physical_replication_slot('standby', true)")
    standby = start_standby(primary)
    running.callback(standby.stop)
    for statement in _STANDBY:
        standby.psql(statement)
    wait_until(
        lambda: primary.psql("SELECT active FROM pg_replication_slots WHERE slot_name = 'standby'") == "t",
        "it streams",
    )
    return standby


def _wait_for_replay(primary: Server) -> None:
    position = primary.psql("SELECT pg_current_wal_lsn()")
    wait_until(
        lambda: values(primary.conninfo(), _STREAMS, position=position)[0][0] == 1, "the standby has it"
    )


def started(running: ExitStack, major: int, settings: str) -> Server:
    """Start a server that is stopped in the end."""
    binaries = find_binaries(major)
    assert binaries, f"PostgreSQL {major} is not installed"
    server = start_server(major, binaries, settings)
    running.callback(server.stop)
    return server
