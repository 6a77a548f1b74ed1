"""A failover that lost what a receiver knows is reported once; and with a standby to wait for, there is none."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LeaseLostError, StandbyBehindError
from dbtrack.events import DeliveredMemory, Event, EventCursor
from tests.support.dumps import database_name
from tests.support.endpoints import administering, assert_consecutive, drain
from tests.support.servers import Server
from tests.support.standby import start_standby
from tests.support.waiting import wait_until

# On the oldest server CI runs those alone that are marked for every server.
pytestmark = pytest.mark.newest

STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"


@pytest.fixture
def database(installed_conninfo: str) -> Iterator[Database]:
    with administering(installed_conninfo) as database:
        database.call("create_endpoint", p_name="receiver", p_kind="webhook")
        yield database


@pytest.fixture
def standby(server: Server, database: Database) -> Iterator[Server]:
    standby = start_standby(server)
    yield standby
    standby.stop()


@pytest.fixture
def promoted(standby: Server, installed_conninfo: str) -> str:
    """Where the tracked database is on the standby."""
    return standby.conninfo(database_name(installed_conninfo))


def record(database: Database, *names: str) -> None:
    for name in names:
        database.call("track_operation", script_name=name)


def read(database: Database, memory: Path) -> list[Event]:
    cursor = EventCursor(database, "receiver", memory=DeliveredMemory(memory))
    events = drain(cursor)
    cursor.release()
    return events


def cut_off(standby: Server) -> str:
    """Stop the standby from receiving anything more, and return from where it received."""
    conninfo = standby.psql("SHOW primary_conninfo")
    standby.psql("ALTER SYSTEM SET primary_conninfo = ''")
    standby.psql("SELECT pg_reload_conf()")
    standby.psql(
        "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_wal_receiver) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$"
    )
    return conninfo


def wait_for_replay(database: Database, standby: Server) -> None:
    position = database.value("SELECT pg_current_wal_lsn()::text")
    standby.psql(
        f"DO $$ BEGIN WHILE pg_last_wal_replay_lsn() < '{position}' LOOP PERFORM pg_sleep(0.02); END LOOP; END $$"
    )


@pytest.mark.every_server
def test_what_a_failover_lost_is_reported_once(
    database: Database, standby: Server, promoted: str, tmp_path: Path
) -> None:
    record(database, "kept")
    kept = read(database, tmp_path / "memory")
    wait_for_replay(database, standby)
    cut_off(standby)
    record(database, "lost", "lost too")
    lost = read(database, tmp_path / "memory")
    standby.psql("SELECT pg_promote()")
    with administering(promoted) as there:
        record(there, "on the new primary")
        rewound, new = sorted(read(there, tmp_path / "memory"), key=lambda event: event.subject, reverse=True)
        assert (rewound.type, new.subject) == ("record.rewound", "on the new primary")
        assert rewound.data["lost"] == [event.id for event in lost]
        assert rewound.data["new_timeline"] == int(str(rewound.data["old_timeline"])) + 1
        record(there, "later")
        (later,) = read(there, tmp_path / "memory")
    assert_consecutive([*kept, *lost, *sorted((rewound, new), key=lambda event: event.number), later])


def test_an_earlier_copy_that_keeps_the_timeline_is_reported_too(database: Database, tmp_path: Path) -> None:
    record(database, "kept")
    kept = read(database, tmp_path / "memory")
    database.execute("CREATE TABLE earlier AS SELECT * FROM script_tracking.event_endpoint")
    (made,) = read(database, tmp_path / "memory")
    record(database, "lost")
    (lost,) = read(database, tmp_path / "memory")
    # As in a copy of the files from before, which was started as it is.
    database.execute("DELETE FROM script_tracking.script_execution_s WHERE script_name = 'lost'")
    database.execute(
        "UPDATE script_tracking.event_endpoint AS e SET delivered = b.delivered, sent_count = b.sent_count, "
        "event_chain = b.event_chain FROM earlier AS b WHERE b.endpoint_name = e.endpoint_name"
    )
    found = read(database, tmp_path / "memory")
    (rewound,) = [event for event in found if event.type == "record.rewound"]
    assert rewound.data["lost"] == [lost.id]
    assert rewound.data["new_timeline"] == rewound.data["old_timeline"]
    # No number that the receiver knows is used for another event.
    assert min(event.number for event in found) > lost.number > made.number > kept[-1].number
    assert read(database, tmp_path / "memory") == []


def test_a_failover_that_lost_nothing_is_not_an_event(
    database: Database, standby: Server, promoted: str, tmp_path: Path
) -> None:
    record(database, "delivered")
    read(database, tmp_path / "memory")
    record(database, "waiting")
    wait_for_replay(database, standby)
    standby.psql("SELECT pg_promote()")
    with administering(promoted) as there:
        assert [event.subject for event in read(there, tmp_path / "memory")] == ["waiting"]


def test_an_event_whose_acknowledgement_was_lost_keeps_its_number(
    database: Database, standby: Server, promoted: str, tmp_path: Path
) -> None:
    record(database, "a", "b")
    wait_for_replay(database, standby)
    cut_off(standby)
    first = read(database, tmp_path / "memory")
    standby.psql("SELECT pg_promote()")
    with administering(promoted) as there:
        assert read(there, tmp_path / "memory") == first


def test_a_worker_that_a_pooler_brings_to_the_new_server_cannot_skip_its_events(
    database: Database, standby: Server, promoted: str, tmp_path: Path
) -> None:
    cursor = EventCursor(database, "receiver", memory=DeliveredMemory(tmp_path / "memory"))
    cursor.claim()
    wait_for_replay(database, standby)
    cut_off(standby)
    record(database, "lost")
    (lost,) = cursor.claim()
    standby.psql("SELECT pg_promote()")
    with administering(promoted) as there:
        # Its transaction may have the id that the lost one had.
        record(there, "on the new primary")
        cursor._database = there
        with pytest.raises(LeaseLostError, match="another server has taken over"):
            cursor.acknowledge(lost)
        with pytest.raises(LeaseLostError, match="another server has taken over"):
            cursor.claim()
        cursor.release()
        events = read(there, tmp_path / "memory")
        assert sorted(event.subject for event in events) == ["on the new primary", "receiver"]
        (rewound,) = [event for event in events if event.type == "record.rewound"]
        assert rewound.data["lost"] == [lost.id]


def test_a_failover_while_an_endpoint_is_paused_is_reported(
    database: Database, standby: Server, promoted: str, tmp_path: Path
) -> None:
    wait_for_replay(database, standby)
    cut_off(standby)
    record(database, "lost")
    read(database, tmp_path / "memory")
    standby.psql("SELECT pg_promote()")
    with administering(promoted) as there:
        there.call("pause_endpoint", p_name="receiver")
        there.call("resume_endpoint", p_name="receiver")
        assert [event.type for event in read(there, tmp_path / "memory")] == ["record.rewound"]


def test_a_subscriber_of_logical_replication_is_no_standby(
    database: Database, server: Server, installed_conninfo: str, tmp_path: Path
) -> None:
    create = "SELECT pg_create_logical_replication_slot('subscriber', 'test_decoding')"
    database.execute(create)
    receiving = subprocess.Popen(
        [
            server.bin_dir / "pg_recvlogical",
            f"--dbname={installed_conninfo}",
            *("--slot=subscriber", "--start", "--no-loop", "--fsync-interval=1", "--status-interval=1"),
            f"--file={tmp_path / 'changes'}",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        position = "SELECT pg_current_wal_lsn()::text"
        seen = "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= %(position)s::pg_lsn"
        wait_until(lambda: database.value(seen, {"position": "0/1"}))
        record(database, "a")
        at = database.value(position)
        wait_until(lambda: database.value(seen, {"position": at}))
        with pytest.raises(StandbyBehindError):
            EventCursor(database, "receiver", after_standby=0).claim()
    finally:
        receiving.kill()
        receiving.wait()
        wait_until(lambda: not database.value("SELECT count(*) FROM pg_stat_replication"))
        database.execute("SELECT pg_drop_replication_slot('subscriber')")


@pytest.mark.every_server
def test_an_event_waits_for_a_standby(database: Database, standby: Server) -> None:
    conninfo = cut_off(standby)
    record(database, "a")
    cursor = EventCursor(database, "receiver", after_standby=0.1)
    with pytest.raises(StandbyBehindError, match="so nothing was sent"):
        cursor.claim()
    quoted = conninfo.replace("'", "''")
    standby.psql(f"ALTER SYSTEM SET primary_conninfo = '{quoted}'")
    standby.psql("SELECT pg_reload_conf()")
    waiting = EventCursor(database, "receiver", after_standby=60)
    cursor.release()
    claimed: list[Event] = []
    thread = Thread(target=lambda: claimed.extend(waiting.claim()))
    thread.start()
    thread.join()
    assert [event.subject for event in claimed] == ["a"]


def test_a_standby_cannot_be_polled(database: Database, standby: Server, promoted: str) -> None:
    wait_for_replay(database, standby)
    with administering(promoted) as there, pytest.raises(DbtrackError, match="read-only"):
        EventCursor(there, "receiver").claim()


def test_a_file_that_a_crash_has_cut_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state" / "memory"
    first, second, third = delivered(3)
    DeliveredMemory(path).add([first, second])
    # The end of its chain is missing, but it is hexadecimal still.
    with path.open("a") as stream:
        stream.write(f"{third.id} {third.number} {third.chain[:10]}")
    again = DeliveredMemory(path)
    assert (again.ids(), again.number, again.chain) == ([first.id, second.id], 2, second.chain)
    again.add([third])
    assert DeliveredMemory(path).ids() == [first.id, second.id, third.id]


def test_the_file_stays_short(tmp_path: Path) -> None:
    memory = DeliveredMemory(tmp_path / "memory")
    events = delivered(9000)
    for start in range(0, 9000, 100):
        memory.add(events[start : start + 100])
    assert DeliveredMemory(tmp_path / "memory").ids() == [event.id for event in events[-1000:]]
    assert len((tmp_path / "memory").read_text().splitlines()) <= 4001


def test_what_followed_an_event_is_known_only_for_its_endpoint(tmp_path: Path) -> None:
    memory = DeliveredMemory(tmp_path / "memory")
    first, second, third = delivered(3)
    memory.add([first, second])
    # After a worker that died, the second one was delivered again.
    memory.add([second, third])
    assert memory.ids_after(1, first.chain) == [second.id, third.id]
    assert memory.ids_after(0, "") == [first.id, second.id, third.id]
    assert memory.ids_after(1, "00" * 32) == []


def delivered(count: int) -> list[Event]:
    """Events as a receiver knows them, with a chain."""
    chain, events = b"", []
    for number in range(1, count + 1):
        event_id = f"{number:064x}-{number}"
        chain = hashlib.sha256(chain + event_id.encode()).digest()
        events.append(
            Event(number, event_id, "alert.fired", datetime.now(UTC), "a", None, {}, chain.hex(), "{}")
        )
    return events
