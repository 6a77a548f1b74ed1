"""How far the record is complete, for those who load it bit by bit."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.paths import DOCS
from tests.support.servers.sandbox import RoleFactory

Connection = psycopg.Connection[tuple[Any, ...]]
MODEL = DOCS / "model.md"
_ASK = "SELECT script_tracking.complete_before()"


@pytest.fixture
def writer(installed_conninfo: str) -> Iterator[Connection]:
    """A connection that writes an operation in a transaction of its own making."""
    with psycopg.connect(installed_conninfo) as connection:
        yield connection


@pytest.fixture
def reader(installed_conninfo: str, role: RoleFactory) -> Iterator[Connection]:
    """A connection of one of dbtrack's readers."""
    login = role("reader", member_of=("dbtrack_reader",))
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as connection:
        yield connection


def ask(connection: Connection) -> datetime | None:
    row = connection.execute(_ASK).fetchone()
    assert row
    found: datetime | None = row[0]
    return found


def write(connection: Connection) -> datetime:
    """Record an operation and return its load_date; the transaction stays open."""
    connection.execute("SELECT script_tracking.track_operation('late')")
    row = connection.execute("SELECT max(load_date) FROM script_tracking.script_execution_s").fetchone()
    assert row
    load_date: datetime = row[0]
    return load_date


@pytest.mark.every_server
def test_an_open_transaction_holds_it_back_and_its_end_lets_it_go(
    installed: Database, reader: Connection, writer: Connection
) -> None:
    written = write(writer)
    began = installed.value("SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL")
    held = ask(reader)
    assert held == began - timedelta(minutes=1)
    assert held is not None
    assert held < written
    writer.commit()
    free = ask(reader)
    assert free is not None
    assert free > held


@pytest.mark.every_server
@pytest.mark.parametrize("sealed", [False, True])
def test_it_holds_for_the_snapshot_that_asks(
    installed: Database, reader: Connection, writer: Connection, sealed: bool
) -> None:
    if sealed:
        installed.execute('SELECT script_tracking.record_operations(\'[{"script_name": "x"}]\')')
        installed.execute("SELECT script_tracking.seal_step()")
    known = installed.value("SELECT sealed_before FROM script_tracking.seal_state")
    write(writer)
    # The snapshot of the statement is older than the end of the writer, who is gone when the function looks.
    with ThreadPoolExecutor() as pool, installed.transaction():
        installed.execute("SELECT pg_advisory_xact_lock(1)")
        answer = pool.submit(reader.execute, "SELECT pg_advisory_lock(1), script_tracking.complete_before()")
        while not installed.value("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            pass
        writer.commit()
    row = answer.result().fetchone()
    assert row
    assert row[1] == known


@pytest.mark.every_server
def test_with_one_snapshot_for_all_it_is_how_far_the_record_is_sealed(
    installed: Database, reader: Connection, writer: Connection
) -> None:
    installed.execute('SELECT script_tracking.record_operations(\'[{"script_name": "x"}]\')')
    installed.execute("SELECT script_tracking.seal_step()")
    sealed = installed.value("SELECT sealed_before FROM script_tracking.seal_state")
    write(writer)
    reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    reader.execute("SELECT 1")
    writer.commit()
    assert ask(reader) == sealed


@pytest.mark.every_server
def test_a_prepared_transaction_holds_it_back(
    installed: Database, reader: Connection, writer: Connection
) -> None:
    write(writer)
    writer.execute("PREPARE TRANSACTION 'dbtrack_complete'")
    writer.rollback()
    try:
        prepared = installed.value("SELECT prepared FROM pg_prepared_xacts WHERE gid = 'dbtrack_complete'")
        assert ask(reader) == prepared - timedelta(days=1, minutes=1)
    finally:
        installed.execute("ROLLBACK PREPARED 'dbtrack_complete'")


def test_a_transaction_of_another_database_does_not(
    installed: Database, reader: Connection, installed_conninfo: str
) -> None:
    with psycopg.connect(installed_conninfo, dbname="postgres") as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        before = installed.value("SELECT clock_timestamp()")
        found = ask(reader)
    assert found is not None
    assert found >= before - timedelta(minutes=1)


def test_a_load_as_documented_loses_nothing_and_takes_nothing_twice(
    installed: Database, installed_conninfo: str
) -> None:
    load = re.search(r"```sql\n(-- One load.*?)```", MODEL.read_text(encoding="utf-8"), re.DOTALL)
    assert load
    statement = load[1].replace(":last_complete_before", "%s").encode()
    loaded: list[bytes] = []
    reached = datetime.fromisoformat("1970-01-01 00:00:00+00:00")
    # The rows are made a minute older, which is the time that is left for a clock that is set back.
    age = (
        "UPDATE script_tracking.script_execution_s SET load_date = load_date - interval '1 minute'"
        " WHERE script_name = %s AND load_date > now()"
    )
    stop = threading.Event()

    def work(number: int) -> None:
        with psycopg.connect(installed_conninfo) as connection:
            while not stop.is_set():
                connection.execute("SELECT script_tracking.track_operation(%s)", (f"w{number}",))
                connection.execute(age, (f"w{number}",))
                connection.execute("SELECT pg_sleep(%s)", (0.01 * number,))
                connection.commit()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    with psycopg.connect(installed_conninfo, autocommit=True) as loader:
        for turn in range(40):
            if turn == 30:
                stop.set()
                for thread in threads:
                    thread.join()
            if turn % 5 == 0:
                loader.execute("SELECT script_tracking.seal_step()")
            taken = loader.execute(statement, (reached,)).fetchall()
            loaded += [bytes(key) for _, key, _ in taken]
            reached = taken[0][2] if taken else reached
    keys = installed.rows("SELECT script_execution_hk FROM script_tracking.script_execution_s")
    everything = {bytes(row[0]) for row in keys}
    assert len(loaded) == len(set(loaded))
    assert everything - set(loaded) == set()
    assert len(everything) > 10
