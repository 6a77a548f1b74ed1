"""The cursor delivers every event once it is committed, in order, and again until it is acknowledged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import EndpointHeldError, LeaseLostError, UsageError
from dbtrack.events import EventCursor
from tests.support.endpoints import administering, assert_consecutive, drain, read_once

pytestmark = pytest.mark.every_server


@pytest.fixture
def conninfo(installed_conninfo: str) -> str:
    return installed_conninfo


@pytest.fixture
def database(conninfo: str) -> Iterator[Database]:
    with administering(conninfo) as database:
        yield database


def create(database: Database, name: str = "receiver", **arguments: Any) -> None:
    database.call("create_endpoint", p_name=name, p_kind="webhook", **arguments)


def subjects(database: Database, name: str = "receiver", limit: int = 200) -> list[str]:
    return [event.subject for event in read_once(database, name, limit)]


def track(database: Database, name: str) -> Any:
    return database.call_value("track_operation", script_name=name)


def test_one_ddl_is_one_event_with_what_changed(database: Database) -> None:
    create(database)
    database.execute("CREATE TABLE invoice (id int)")
    (event,) = read_once(database, "receiver")
    assert (event.type, event.number, event.tenant) == ("execution.completed", 1, None)
    assert event.data["objects"] == ["public.invoice"]
    assert event.data["statement"] == "CREATE TABLE invoice (id int)"
    assert event.id == database.value("SELECT event_id FROM script_tracking.event")
    assert event.chain == hashlib.sha256(event.id.encode()).hexdigest()
    assert read_once(database, "receiver") == []


def test_each_kind_of_execution_has_its_type(database: Database) -> None:
    create(database)
    migration = track(database, "v42")
    database.call("complete_operation", execution_hk=migration, success=False, error_message="it broke")
    database.execute("CREATE TABLE t (a int)")
    database.execute("GRANT SELECT ON t TO PUBLIC")
    database.call("record_notice", p_type="alert.fired", p_subject="a", p_tenant_hk=None, p_data="{}")
    assert [(event.type, event.subject) for event in read_once(database, "receiver")] == [
        ("execution.started", "v42"),
        ("execution.failed", "v42"),
        ("execution.completed", "CREATE TABLE"),
        ("privilege.changed", "GRANT"),
        ("alert.fired", "a"),
    ]


def test_a_ddl_names_the_operation_it_ran_in(database: Database) -> None:
    create(database, p_event_types=["execution.completed"])
    migration = track(database, "v42")
    database.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": migration.hex()})
    database.execute("CREATE TABLE t (a int)")
    (event,) = read_once(database, "receiver")
    assert event.data["operation"] == {"execution": migration.hex(), "name": "v42", "type": "MANUAL"}


def test_an_endpoint_gets_what_is_recorded_after_it_was_created_or_all(database: Database) -> None:
    track(database, "before")
    create(database)
    create(database, "all", p_from_beginning=True)
    track(database, "after")
    assert subjects(database) == ["after"]
    assert subjects(database, "all")[-2:] == ["before", "after"]


def test_without_an_acknowledgement_the_same_events_come_again(database: Database) -> None:
    create(database)
    for name in "abc":
        track(database, name)
    cursor = EventCursor(database, "receiver")
    first = cursor.claim()
    assert cursor.claim() == first
    cursor.acknowledge(first[1])
    (rest,) = cursor.claim()
    assert rest == first[2]
    cursor.acknowledge(rest)
    assert cursor.claim() == []


@pytest.mark.parametrize("limit", [1, 3, 10, 1000])
def test_batches_of_any_length_hold_every_event_once_and_in_order(database: Database, limit: int) -> None:
    create(database)
    names = [f"n{number:03}" for number in range(60)]
    for name in names:
        track(database, name)
    events = read_once(database, "receiver", limit)
    assert [event.subject for event in events] == names
    assert_consecutive(events)


def test_what_is_recorded_during_a_long_difference_comes_after_it(database: Database, conninfo: str) -> None:
    create(database)
    for number in range(45):
        track(database, f"early{number:02}")
    cursor = EventCursor(database, "receiver")
    seen = []
    while batch := cursor.claim(4):
        seen += [event.subject for event in batch]
        cursor.acknowledge(batch[-1])
        if len(seen) == 8:
            track(database, "late")
    assert seen == [*(f"early{number:02}" for number in range(45)), "late"]


def test_a_transaction_that_commits_late_is_delivered_then(database: Database, conninfo: str) -> None:
    create(database)
    with psycopg.connect(conninfo) as early:
        early.execute("SELECT script_tracking.track_operation('opened first')")
        track(database, "committed first")
        assert subjects(database) == ["committed first"]
        assert subjects(database) == []
        early.commit()
        assert subjects(database) == ["opened first"]


def test_a_closing_follows_its_opening_whatever_the_ids_of_their_transactions(
    database: Database, conninfo: str
) -> None:
    create(database)
    with psycopg.connect(conninfo) as old:
        old.execute("SELECT pg_current_xact_id()")
        key = track(database, "migration")
        old.execute("SELECT script_tracking.complete_operation(%s)", (key,))
        old.commit()
    assert [event.type for event in read_once(database, "receiver")] == [
        "execution.started",
        "execution.completed",
    ]


def test_prepared_and_rolled_back_transactions(database: Database, conninfo: str) -> None:
    create(database)
    with psycopg.connect(conninfo) as other:
        other.execute("SELECT script_tracking.track_operation('rolled back')")
        other.rollback()
        with other.transaction():
            with pytest.raises(psycopg.errors.DivisionByZero), other.transaction():
                other.execute("SELECT script_tracking.track_operation('savepoint'), 1 / 0")
            with other.transaction():
                other.execute("CREATE TABLE in_savepoint (a int)")
        other.execute("BEGIN")
        other.execute("SELECT script_tracking.track_operation('prepared')")
        other.execute("PREPARE TRANSACTION 'dbtrack_test'")
        assert subjects(database) == ["CREATE TABLE"]
        assert subjects(database) == []
        other.autocommit = True
        other.execute("COMMIT PREPARED 'dbtrack_test'")
        assert subjects(database) == ["prepared"]


def test_types_and_tenants_limit_what_an_endpoint_gets(database: Database) -> None:
    for name in ("acme", "globex"):
        database.call("add_tenant", tenant_bk=name)
    create(database, "failures", p_event_types=["execution.failed", "alert.*"])
    create(database, "acme", p_tenants=["acme"])
    for tenant in (None, "acme", "globex"):
        key = database.value(
            "SELECT script_tracking.track_operation('m', tenant_hk => script_tracking.resolve_tenant(%(tenant)s))",
            {"tenant": tenant},
        )
        database.call("complete_operation", execution_hk=key, success=tenant == "globex")
    assert [event.tenant for event in read_once(database, "failures")] == [None, "acme"]
    assert [(e.tenant, e.number) for e in read_once(database, "acme")] == [("acme", 1), ("acme", 2)]


def test_events_for_others_are_passed_for_good(database: Database) -> None:
    create(database, p_event_types=["execution.failed"])
    for number in range(30):
        track(database, f"n{number}")
    assert read_once(database, "receiver", 4) == []
    assert database.value("SELECT events_behind FROM script_tracking.get_endpoints()") == 0


def test_an_idle_poll_writes_nothing(database: Database) -> None:
    create(database)
    cursor = EventCursor(database, "receiver")
    cursor.claim()
    before = database.value("SELECT xmin::text FROM script_tracking.event_endpoint")
    cursor.claim()
    assert database.value("SELECT xmin::text FROM script_tracking.event_endpoint") == before


def test_one_worker_at_a_time(database: Database, conninfo: str) -> None:
    create(database)
    track(database, "a")
    cursor = EventCursor(database, "receiver")
    (event,) = cursor.claim()
    with administering(conninfo) as other:
        with pytest.raises(LeaseLostError, match="another worker has endpoint"):
            EventCursor(other, "receiver").claim()
        database.execute("UPDATE script_tracking.event_endpoint SET lease_until = now()")
        assert EventCursor(other, "receiver").claim() == [event]
    with pytest.raises(LeaseLostError, match="taken over"):
        cursor.acknowledge(event)


def test_a_paused_endpoint_loses_nothing(database: Database) -> None:
    create(database)
    database.call("pause_endpoint", p_name="receiver", p_reason="410 Gone")
    track(database, "meanwhile")
    with pytest.raises(EndpointHeldError, match="410 Gone"):
        EventCursor(database, "receiver").claim()
    database.call("resume_endpoint", p_name="receiver")
    assert subjects(database) == ["meanwhile"]


def test_events_are_sent_again_from_a_moment_with_the_same_ids(database: Database) -> None:
    create(database)
    track(database, "long ago")
    since = database.value("SELECT clock_timestamp()")
    for number in range(9):
        track(database, f"n{number}")
    first = read_once(database, "receiver")
    track(database, "new")
    database.call("resume_endpoint", p_name="receiver", p_since=since)
    again = read_once(database, "receiver", 4)
    assert [event.id for event in again] == [event.id for event in first[1:]] + [again[-1].id]
    assert again[-1].subject == "new"
    assert [event.number for event in again] == list(range(11, 21))
    assert read_once(database, "receiver") == []


def test_in_a_copy_nothing_is_sent_until_somebody_decides(database: Database) -> None:
    create(database)
    track(database, "before")
    read_once(database, "receiver")
    # As in a database into which a dump of an older server was restored: ids of the future, and another place.
    database.execute(
        "UPDATE script_tracking.event_endpoint SET place = '{}', delivered = '900000000:900000000:'"
    )
    database.execute("UPDATE script_tracking.script_execution_s SET recorded_by = '899999999'")
    track(database, "here")
    with pytest.raises(EndpointHeldError, match="copy or a restored dump"):
        EventCursor(database, "receiver").claim()
    database.call("resume_endpoint", p_name="receiver")
    assert read_once(database, "receiver") == []
    track(database, "after")
    assert subjects(database) == ["after"]


def test_mistakes_are_refused(database: Database, conninfo: str) -> None:
    create(database)
    with pytest.raises(UsageError, match='no type of event "execution'):
        create(database, "other", p_event_types=["execution.fialed"])
    with pytest.raises(UsageError, match="already"):
        create(database)
    with pytest.raises(UsageError, match="cannot be the name"):
        create(database, "a b")
    with pytest.raises(UsageError, match='no tenant "nobody"'):
        create(database, "other", p_tenants=["nobody"])
    with pytest.raises(UsageError, match='no endpoint "nothing"'):
        EventCursor(database, "nothing").claim()
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        with pytest.raises(psycopg.Error, match="transaction of their own"):
            connection.execute("SELECT * FROM script_tracking.claim_events('receiver', 1, 30)")


def test_difference_that_is_long_is_read_by_its_index(database: Database) -> None:
    create(database)
    for number in range(30):
        track(database, f"n{number:02}")
    cursor = EventCursor(database, "receiver")
    cursor.acknowledge(cursor.claim(2)[-1])
    assert database.value("SELECT is_by_load_date FROM script_tracking.event_endpoint")
    assert len(drain(cursor, 2)) == 28
    assert not database.value("SELECT is_by_load_date FROM script_tracking.event_endpoint")


def test_a_cleanup_counts_what_it_removed_before_it_was_delivered(database: Database) -> None:
    create(database)
    create(database, "prompt")
    for number in range(5):
        database.call("complete_operation", execution_hk=track(database, f"n{number}"))
    assert len(read_once(database, "prompt")) == 10
    # As if it had been recorded long ago, before the months that a cleanup keeps.
    database.run_script(
        "UPDATE script_tracking.script_execution_s SET load_date = load_date - interval '2 years',"
        " load_end_date = load_end_date - interval '2 years',"
        " execution_timestamp = execution_timestamp - interval '2 years';"
        "UPDATE script_tracking.script_execution_h SET load_date = load_date - interval '2 years'"
    )
    database.call("cleanup_old_data", retention_days=365)
    counts = "SELECT endpoint_name, events_removed FROM script_tracking.get_endpoints()"
    assert dict(database.rows(counts)) == {"prompt": 0, "receiver": 10}
    assert [event.data["type"] for event in read_once(database, "receiver")] == ["MAINTENANCE"]


def test_health_tells_administrators_what_is_not_sent(database: Database) -> None:
    create(database)
    track(database, "a")
    findings = "SELECT current_status, details FROM script_tracking.get_system_health() WHERE health_category = 'events'"
    assert database.rows(findings) == [("OK", "0 events sent, 1 wait")]
    database.execute(
        "UPDATE script_tracking.script_execution_s SET load_date = load_date - interval '1 hour'"
    )
    ((status, details),) = database.rows(findings)
    assert status == "WARNING"
    assert details.startswith("1 events wait, the oldest for 01:00:0")
    database.call("pause_endpoint", p_name="receiver", p_reason="410 Gone")
    assert database.rows(findings) == [("WARNING", "paused: 410 Gone; 1 events wait")]
