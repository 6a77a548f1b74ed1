"""Under writers in every shape of transaction, and readers that die, nothing is lost, doubled or out of order."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from threading import Event as Signal
from threading import Thread

import psycopg
import pytest

from dbtrack.events import Event, EventCursor
from tests.support.endpoints import ALL_EVENTS, administering, assert_consecutive

TRANSACTIONS_EACH = 60
WRITERS = 4
PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"


def write_one(connection: psycopg.Connection[object], dice: random.Random, number: str) -> None:
    """Run one transaction of a random shape; the shapes share two tables, so that writers wait for each other."""
    shape = dice.randrange(7)
    table = f"shared_{dice.randrange(2)}"
    connection.execute("BEGIN")
    if shape == 0:
        connection.execute("SELECT pg_current_xact_id(), pg_sleep(0.01)")
    connection.execute(f"ALTER TABLE {table} ADD COLUMN c{number} int")
    if shape == 1:
        connection.execute("SAVEPOINT s")
        connection.execute("CREATE TABLE rolled_back (a int)")
        connection.execute("ROLLBACK TO s")
    if shape == 2:
        connection.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s))", (number,)
        )
    if shape == 3:
        connection.execute("SELECT pg_sleep(0.05)")
    if shape == 4:
        connection.execute(f"PREPARE TRANSACTION '{number}'")
        connection.execute(f"COMMIT PREPARED '{number}'")
        return
    connection.execute("ROLLBACK" if shape == 5 else "COMMIT")


def write(conninfo: str, writer: int) -> None:
    dice = random.Random(writer)  # noqa: S311 - the same work in each run
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for number in range(TRANSACTIONS_EACH):
            write_one(connection, dice, f"w{writer}_{number}")


class Receiver:
    """Keeps what it was sent. Its worker is killed now and then: before it acknowledges, and while it has claimed."""

    def __init__(self, conninfo: str, limit: int) -> None:
        self._conninfo = conninfo
        self._limit = limit
        self._dice = random.Random(limit)  # noqa: S311 - the same kills in each run
        self.events: list[Event] = []
        self.kills = 0

    def run(self, stop: Signal) -> None:
        while not self._work(stop):
            self.kills += 1

    def _work(self, stop: Signal) -> bool:
        with administering(self._conninfo) as database:
            database.execute(
                "UPDATE script_tracking.event_endpoint SET lease_until = NULL WHERE endpoint_name = 'receiver'"
            )
            cursor = EventCursor(database, "receiver")
            while True:
                is_last = stop.is_set()
                batch = cursor.claim(self._limit)
                if not batch and is_last:
                    return True
                for event in batch:
                    self.events.append(event)
                    if self._dice.random() < 0.03:
                        return False
                if batch:
                    cursor.acknowledge(batch[-1])


@pytest.mark.parametrize("limit", [3, 50])
def test_nothing_is_lost_doubled_or_out_of_order(installed_conninfo: str, limit: int) -> None:
    with administering(installed_conninfo) as database:
        database.run_script("CREATE TABLE shared_0 (); CREATE TABLE shared_1 ()")
        database.call("create_endpoint", p_name="receiver", p_kind="webhook", p_from_beginning=True)
    receiver, stop = Receiver(installed_conninfo, limit), Signal()
    reader = Thread(target=receiver.run, args=(stop,))
    writers = [Thread(target=write, args=(installed_conninfo, writer)) for writer in range(WRITERS)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()

    first: dict[str, Event] = {}
    for event in receiver.events:
        assert first.setdefault(event.id, event) == event, "a second delivery differs from the first"
    delivered = list(first.values())
    with administering(installed_conninfo) as database:
        recorded = {row[0] for row in database.rows(ALL_EVENTS)}
    assert {event.id for event in delivered} == recorded
    assert_consecutive(delivered)
    assert receiver.kills > 0
    assert_in_order(delivered)


def assert_in_order(events: list[Event]) -> None:
    """Versions of one execution, and changes of one object, which wait for each other, come in their order."""
    of_one: dict[str, list[int]] = defaultdict(list)
    for event in events:
        version = event.data["version"]
        assert isinstance(version, int)
        of_one[str(event.data["execution"])].append(version)
        objects = event.data["objects"]
        assert isinstance(objects, list)
        for name in objects:
            of_one[str(name).split(".c", maxsplit=1)[0]].append(version)
    for versions in of_one.values():
        assert all(earlier < later for earlier, later in pairwise(versions))
