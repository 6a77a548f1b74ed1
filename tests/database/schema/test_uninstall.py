"""An uninstall while others work: none of their statements fails, and what it waits for is said."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import LockedError

_CLIENTS = 8


def _work(conninfo: str, number: int, stop: threading.Event, warm: threading.Barrier) -> int:
    """Run DDL, some of it in longer transactions, until told to stop; return how often."""
    rounds = 0
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while not stop.is_set():
            with connection.transaction():
                connection.execute(f"CREATE TABLE client_{number} (id int, note text)".encode())
                connection.execute(f"CREATE INDEX ON client_{number} (id)".encode())
            connection.execute(f"DROP TABLE client_{number}".encode())
            rounds += 1
            if rounds == 2:
                warm.wait(60)
    return rounds


@pytest.mark.slow
@pytest.mark.every_server
@pytest.mark.parametrize("keep_data", [False, True], ids=["whole", "keep_data"])
def test_no_statement_of_clients_fails(installed_conninfo: str, keep_data: bool) -> None:
    stop, warm = threading.Event(), threading.Barrier(_CLIENTS + 1)
    with ThreadPoolExecutor(_CLIENTS) as pool, psycopg.connect(installed_conninfo, autocommit=True) as own:
        clients: list[Future[int]] = [
            pool.submit(_work, installed_conninfo, number, stop, warm) for number in range(_CLIENTS)
        ]
        try:
            warm.wait(60)
            schema.uninstall(Database.wrap(own), keep_data=keep_data)
        finally:
            stop.set()
        assert all(client.result(60) >= 2 for client in clients)
        assert own.execute("SELECT count(*) FROM pg_event_trigger").fetchone() == (0,)


def test_a_transaction_that_stays_open_is_named_and_the_rest_stays(installed: Database) -> None:
    with psycopg.connect(installed.raw.info.dsn) as other:
        other.execute("CREATE TABLE recorded (id int)")
        told: list[str] = []
        with pytest.raises(LockedError, match="the event triggers were removed, but nothing") as caught:
            schema.uninstall(installed, keep_data=False, wait_seconds=0.2, on_wait=told.append)
        assert f"process {other.info.backend_pid}" in caught.value.message
        assert f"process {other.info.backend_pid}" in told[0]
        other.execute("CREATE TABLE not_recorded (id int)")
        other.commit()
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") >= 1
    schema.uninstall(installed, keep_data=False)
    assert installed.value("SELECT to_regnamespace('script_tracking')") is None
