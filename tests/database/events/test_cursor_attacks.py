"""What tries to make the cursor skip events, confuse two workers, or stand still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, EndpointHeldError, LeaseLostError, UsageError
from dbtrack.events import DeliveredMemory, Event, EventCursor
from tests.support.dumps import database_name
from tests.support.endpoints import administering, assert_consecutive, drain, read_once
from tests.support.pooler import find_pgbouncer, running_pooler
from tests.support.required import missing
from tests.support.servers import Server
from tests.support.sessions import end_other_sessions
from tests.support.waiting import wait_until

pytestmark = pytest.mark.every_server

END_OF_LEASE = "UPDATE script_tracking.event_endpoint SET lease_until = now()"


@pytest.fixture
def conninfo(installed_conninfo: str) -> str:
    return installed_conninfo


@pytest.fixture
def database(conninfo: str) -> Iterator[Database]:
    with administering(conninfo) as database:
        yield database


def create(database: Database, name: str = "receiver", **arguments: Any) -> None:
    database.call("create_endpoint", p_name=name, p_kind="webhook", **arguments)


def record(database: Database, *names: str) -> None:
    for name in names:
        database.call("track_operation", script_name=name)


def subjects(database: Database, name: str = "receiver", limit: int = 200) -> list[str]:
    return [event.subject for event in read_once(database, name, limit)]


def test_a_transaction_that_creates_an_endpoint_is_its_first_event(database: Database, conninfo: str) -> None:
    with psycopg.connect(conninfo) as creating:
        creating.execute("SELECT script_tracking.track_operation('before it')")
        # A later transaction ends first: now the snapshot counts the id of the other one as past.
        record(database, "of another")
        creating.execute("SELECT script_tracking.create_endpoint('receiver', 'webhook')")
        creating.execute("SELECT script_tracking.track_operation('behind it')")
    assert subjects(database) == ["before it", "behind it"]


def test_what_is_open_while_a_copy_is_resumed_is_sent(database: Database, conninfo: str) -> None:
    create(database)
    record(database, "restored")
    database.execute("UPDATE script_tracking.script_execution_s SET recorded_by = '899999999'")
    database.execute("UPDATE script_tracking.event_endpoint SET place = '{}'")
    with psycopg.connect(conninfo) as open_one:
        open_one.execute("SELECT script_tracking.track_operation('open')")
        record(database, "a later number")
        database.call("resume_endpoint", p_name="receiver")
    assert subjects(database) == ["open"]


def test_a_copy_is_told_as_such_although_a_worker_had_a_lease_there(database: Database) -> None:
    create(database)
    EventCursor(database, "receiver").claim()
    database.execute("UPDATE script_tracking.event_endpoint SET place = '{}'")
    with pytest.raises(EndpointHeldError, match="copy or a restored dump"):
        EventCursor(database, "receiver").claim()


def test_health_tells_of_a_server_that_took_over_or_is_a_copy(database: Database) -> None:
    create(database)
    database.execute("UPDATE script_tracking.event_endpoint SET timeline = timeline + 1")
    findings = "SELECT current_status, details FROM script_tracking.get_system_health() WHERE health_category = 'events'"
    ((status, details),) = database.rows(findings)
    assert status == "WARNING"
    assert "another server took over; if this one is a copy, pause it" in details


def test_from_the_beginning_means_also_before_the_upgrade_that_brought_ids(database: Database) -> None:
    record(database, "a", "b")
    database.execute("UPDATE script_tracking.script_execution_s SET recorded_by = NULL")
    record(database, "c")
    create(database, p_from_beginning=True)
    record(database, "d")
    behind = "SELECT events_behind FROM script_tracking.get_endpoints()"
    before = database.value(behind)
    events = read_once(database, "receiver", 2)
    assert [event.subject for event in events][-4:] == ["a", "b", "c", "d"]
    assert before == len(events)
    assert_consecutive(events)
    assert database.value(behind) == 0


@pytest.mark.parametrize("limit", [1, 2])
def test_two_versions_with_one_number_are_two_events(database: Database, limit: int) -> None:
    """Each node draws numbers of its own, and versions arrive by replication."""
    create(database)
    names = ["a", "b", "c", "d", "e"]
    record(database, *names)
    database.execute(
        "UPDATE script_tracking.script_execution_s SET version_number ="
        " (SELECT min(version_number) FROM script_tracking.script_execution_s WHERE script_name = 'a')"
        " WHERE script_name IN ('a', 'b', 'c')"
    )
    assert sorted(subjects(database, limit=limit)) == names


@pytest.mark.parametrize("limit", [0, -1, 100_001])
def test_a_batch_of_no_length_is_refused(database: Database, limit: int) -> None:
    create(database)
    record(database, "a")
    with pytest.raises(UsageError, match="from 1 to 100000 events"):
        EventCursor(database, "receiver").claim(limit)
    with pytest.raises(UsageError, match="from 1 to 3600 seconds"):
        EventCursor(database, "receiver", lease_seconds=0).claim()


def test_an_empty_list_of_tenants_is_refused(database: Database) -> None:
    with pytest.raises(UsageError, match="list of tenants is empty"):
        create(database, p_tenants=[])


def test_a_worker_of_an_endpoint_that_was_removed_cannot_move_the_new_one(
    database: Database, conninfo: str
) -> None:
    create(database)
    record(database, "a")
    old = EventCursor(database, "receiver")
    (event,) = old.claim()
    database.call("drop_endpoint", p_name="receiver")
    with pytest.raises(UsageError, match="no endpoint"):
        old.acknowledge(event)
    create(database, p_from_beginning=True)
    with administering(conninfo) as other:
        new = EventCursor(other, "receiver")
        claimed = new.claim()
        with pytest.raises(LeaseLostError):
            old.acknowledge(event)
        assert new.claim() == claimed


def test_a_worker_without_a_lease_can_neither_claim_nor_acknowledge(database: Database) -> None:
    create(database)
    record(database, "a")
    cursor = EventCursor(database, "receiver")
    (event,) = cursor.claim()
    cursor.release()
    with pytest.raises(LeaseLostError):
        cursor.acknowledge(event)
    with pytest.raises(LeaseLostError):
        database.call("claim_events", p_name="receiver", p_lease=None, p_seconds=30)
    assert subjects(database) == ["a"]


def test_a_claim_during_which_another_worker_takes_over_returns_nothing(
    database: Database, conninfo: str
) -> None:
    create(database)
    cursor = EventCursor(database, "receiver")
    cursor.claim()
    record(database, "a")
    outcome: list[object] = []

    def claim() -> None:
        try:
            outcome.extend(cursor.claim())
        except LeaseLostError as error:
            outcome.append(error.message)

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with psycopg.connect(conninfo) as other:
        # As lease_endpoint does once the lease is over, with the row locked.
        other.execute("UPDATE script_tracking.event_endpoint SET lease = lease + 1")
        thread = Thread(target=claim)
        thread.start()
        wait_until(lambda: other.execute(waiting).fetchone() == (1,))
        other.commit()
        thread.join()
    assert outcome == ['another worker has taken over endpoint "receiver"']


def test_waiting_for_the_end_of_a_lease_writes_nothing(database: Database, conninfo: str) -> None:
    create(database)
    cursor = EventCursor(database, "receiver")
    cursor.claim()
    row = "SELECT ctid::text, xmin::text, xmax::text FROM script_tracking.event_endpoint"
    before = database.rows(row)
    with administering(conninfo) as other, pytest.raises(LeaseLostError):
        EventCursor(other, "receiver").claim()
    assert database.rows(row) == before


def test_a_lease_from_before_the_clock_was_set_back_is_over(database: Database, conninfo: str) -> None:
    create(database)
    record(database, "a")
    EventCursor(database, "receiver").claim()
    database.execute("UPDATE script_tracking.event_endpoint SET lease_until = now() + interval '1 day'")
    with administering(conninfo) as other:
        assert subjects(other) == ["a"]


def test_events_from_the_future_are_sent_again_too(database: Database) -> None:
    create(database)
    record(database, "a")
    read_once(database, "receiver")
    # The clock was set back since.
    database.execute(
        "UPDATE script_tracking.script_execution_s SET load_date = load_date + interval '1 hour'"
    )
    since = database.value("SELECT now()")
    record(database, "b")
    database.call("resume_endpoint", p_name="receiver", p_since=since)
    assert sorted(subjects(database)) == ["a", "b"]
    assert subjects(database) == []


@pytest.mark.parametrize("is_later", [True, False])
def test_what_is_being_sent_from_the_beginning_is_not_cut_short(
    database: Database, *, is_later: bool
) -> None:
    names = [f"n{number:02}" for number in range(12)]
    moments = {}
    for name in names:
        moments[name] = database.value("SELECT clock_timestamp()")
        record(database, name)
    create(database, p_event_types=["execution.started"], p_from_beginning=True)
    cursor = EventCursor(database, "receiver")
    while (batch := cursor.claim(2))[-1].subject != "n05":
        cursor.acknowledge(batch[-1])
    cursor.acknowledge(batch[-1])
    since = "n09" if is_later else "n03"
    database.call("resume_endpoint", p_name="receiver", p_since=moments[since])
    # Later than where it is: nothing to send again. Earlier: from there.
    assert subjects(database, limit=2) == names[names.index("n06" if is_later else "n03") :]


def test_a_database_whose_transactions_are_serializable(database: Database, conninfo: str) -> None:
    create(database)
    record(database, "a")
    database.run_script(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable',"
        " current_database()); END $$"
    )
    with administering(conninfo) as other:
        assert subjects(other) == ["a"]


def test_an_administrator_without_other_privileges_is_a_worker(
    database: Database, server: Server, conninfo: str, role: Callable[..., str]
) -> None:
    name = role("worker", login=True, member_of=("dbtrack_admin",))
    record(database, "a")
    with administering(server.conninfo(database_name(conninfo), name)) as worker:
        create(worker, p_from_beginning=True)
        assert subjects(worker)[-1] == "a"
        assert worker.value("SELECT endpoint_state FROM script_tracking.get_endpoints()") == "idle"
    reader = role("reader", login=True, member_of=("dbtrack_reader",))
    with (
        administering(server.conninfo(database_name(conninfo), reader)) as other,
        pytest.raises(DbtrackError, match="permission denied"),
    ):
        subjects(other)


def test_a_cursor_through_a_pooler(database: Database, server: Server, conninfo: str) -> None:
    program = find_pgbouncer()
    if program is None:
        missing("PgBouncer", "apt-get install pgbouncer")
    create(database)
    record(database, *(f"n{number:02}" for number in range(30)))
    with (
        running_pooler(program, server, ["postgres"]) as pooler,
        administering(pooler.conninfo(database_name(conninfo), "postgres")) as pooled,
    ):
        cursor = EventCursor(pooled, "receiver")
        first = cursor.claim(2)
        cursor.acknowledge(first[-1])
        # The server's session ends between a claim and its acknowledgement; the client keeps its connection.
        second = cursor.claim(2)
        end_other_sessions(database)
        cursor.acknowledge(second[-1])
        rest = drain(cursor, 4)
    assert [event.subject for event in (*first, *second, *rest)] == [f"n{number:02}" for number in range(30)]


def test_what_was_delivered_is_remembered_although_it_cannot_be_acknowledged(
    database: Database, conninfo: str, tmp_path: Path
) -> None:
    create(database)
    record(database, "a")
    with administering(conninfo) as worker:
        cursor = EventCursor(worker, "receiver", memory=DeliveredMemory(tmp_path / "memory"))
        (event,) = cursor.claim()
        end_other_sessions(database)
        with pytest.raises(DbtrackError):
            cursor.acknowledge(event)
    assert DeliveredMemory(tmp_path / "memory").ids() == [event.id]


def test_what_was_delivered_is_acknowledged_although_it_cannot_be_remembered(
    database: Database, tmp_path: Path
) -> None:
    create(database)
    record(database, "a")
    cursor = EventCursor(database, "receiver", memory=DeliveredMemory(tmp_path / "memory"))
    (event,) = cursor.claim()
    (tmp_path / "memory").mkdir()
    with pytest.raises(DbtrackError, match="cannot keep the delivered events"):
        cursor.acknowledge(event)
    assert cursor.claim() == []


def test_polls_use_the_index_and_no_other_process(database: Database) -> None:
    """However many months there are, and whatever the settings make cheap."""
    create(database)
    record(database, *"abcdefgh")
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        database.execute(f"SET {setting} = 0")
    database.execute("SET min_parallel_index_scan_size = 0")
    if not database.value("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'"):
        pytest.skip("this server was built without the contributed modules, of which auto_explain is one")
    database.execute("LOAD 'auto_explain'")
    for setting in ("log_min_duration = 0", "log_nested_statements = on", "log_level = log"):
        database.execute(f"SET auto_explain.{setting}")
    plans: list[str] = []
    database.raw.add_notice_handler(lambda notice: plans.append(notice.message_primary or ""))
    database.execute("SET client_min_messages = log")
    cursor = EventCursor(database, "receiver")
    seen: list[Event] = drain(cursor, 2)
    cursor.claim()
    database.call("get_endpoints")
    database.execute("SET client_min_messages = warning")
    assert [event.subject for event in seen] == list("abcdefgh")
    told = "\n".join(plan for plan in plans if "script_tracking.notice" in plan)
    assert "idx_notice_recorded_by" in told
    assert "Gather" not in told
    assert "Seq Scan on script_execution" not in told
    assert "Seq Scan on notice" not in told
