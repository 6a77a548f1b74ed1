"""Workers and the server are killed with SIGKILL while nobody waits for the log to reach the disk."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import psycopg
import pytest

from dbtrack import schema
from dbtrack.events import EventCursor
from tests.support.endpoints import ALL_EVENTS, administering, drain
from tests.support.event_worker import deliver
from tests.support.kills import kill, start_again
from tests.support.paths import ROOT
from tests.support.servers import Server, find_binaries, found_majors, start_server
from tests.support.waiting import wait_until

WORKER_KILLS = 20
SERVER_KILLS = 3
WRITERS = 3
# What is committed is on disk only when somebody else waits for it.
SETTINGS = "synchronous_commit = off\nwal_writer_delay = 10s\nwal_writer_flush_after = 1GB\n"


@pytest.fixture
def mortal() -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    major = found_majors()[-1]
    binaries = find_binaries(major)
    assert binaries
    server = start_server(major, binaries, SETTINGS)
    with administering(server.conninfo()) as database:
        schema.install(database)
        database.call("create_endpoint", p_name="receiver", p_kind="webhook", p_from_beginning=True)
        # The endpoint itself must survive.
        database.execute("CHECKPOINT")
    yield server
    server.stop()


def change_tables(conninfo: str, writer: int, stop: Signal) -> None:
    """Run DDL in transactions of one and of two, and connect again when the server is back."""
    numbers = count()
    while not stop.is_set():
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute(f"CREATE TABLE IF NOT EXISTS t{writer} (a int)")
                while not stop.wait(0.01):
                    with connection.transaction():
                        for _ in range(1 + next(numbers) % 2):
                            connection.execute(f"COMMENT ON TABLE t{writer} IS '{next(numbers)}'")
        except psycopg.Error:
            stop.wait(0.05)


@contextmanager
def writing(conninfo: str) -> Iterator[None]:
    """Run the writers."""
    stop = Signal()
    threads = [Thread(target=change_tables, args=(conninfo, writer, stop)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def lines(path: Path) -> list[tuple[int, str, str]]:
    """Return what the receiver has got: number, id, chain."""
    if not path.exists():
        return []
    split = (line.split() for line in path.read_text().splitlines())
    return [(int(number), event_id, chain) for number, event_id, chain in split]


def wait_for_more(path: Path, count: int) -> None:
    """Wait until the receiver has got so many events more."""
    before = len(lines(path))
    wait_until(lambda: len(lines(path)) > before + count)


@pytest.mark.matrix
@pytest.mark.any_server
@pytest.mark.timeout(600)
def test_nothing_is_lost_and_nothing_is_sent_that_a_crash_undid(mortal: Server, tmp_path: Path) -> None:
    received = tmp_path / "received"
    command = [sys.executable, "-m", "tests.support.event_worker", mortal.conninfo(), str(received)]
    with writing(mortal.conninfo()):
        for round_number in range(1, WORKER_KILLS + 1):
            worker = subprocess.Popen([*command, str(tmp_path / "memory")], cwd=ROOT)
            wait_for_more(received, 30)
            if round_number % (WORKER_KILLS // SERVER_KILLS) == 0 and round_number < WORKER_KILLS:
                kill(mortal)
                start_again(mortal)
                wait_for_more(received, 10)
            worker.kill()
            worker.wait()
    with administering(mortal.conninfo()) as database:
        database.execute("UPDATE script_tracking.event_endpoint SET lease_until = NULL")
        file = os.open(received, os.O_WRONLY | os.O_APPEND)
        for event in drain(EventCursor(database, "receiver")):
            deliver(event, file)
        os.close(file)
        recorded = {row[0] for row in database.rows(ALL_EVENTS)}
    check(lines(received), recorded)


def check(got: list[tuple[int, str, str]], recorded: set[str]) -> None:
    """The receiver has what the record has; each second delivery is as the first; the chain has no fork."""
    first: dict[str, tuple[int, str]] = {}
    for number, event_id, chain in got:
        assert first.setdefault(event_id, (number, chain)) == (number, chain)
    assert first.keys() == recorded
    assert [number for number, _ in first.values()] == list(range(1, len(first) + 1))
    expected = b""
    for event_id, (_, sent) in first.items():
        expected = hashlib.sha256(expected + event_id.encode()).digest()
        assert expected.hex() == sent
