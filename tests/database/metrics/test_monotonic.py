"""While writers commit and roll back, maintain counts and a cleanup removes, no counter ever falls, and none is lost."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from dbtrack.db import Database
from tests.database.metrics.test_metrics import Values, read, total

pytestmark = pytest.mark.slow

_WRITERS, _TRANSACTIONS = 3, 40
_COUNTERS = ("_total", "_bucket", "_count", "_sum")
_CLEANUP = "SELECT script_tracking.cleanup_step(clock_timestamp() + interval '1 hour', 50)"


def write(conninfo: str, seed: int) -> int:
    """Record operations in transactions of every shape; return how many were committed."""
    chance = random.Random(seed)  # noqa: S311
    committed = 0
    with psycopg.connect(conninfo) as connection:
        for _ in range(_TRANSACTIONS):
            operations = chance.randint(1, 4)
            # The transaction has its id long before it writes, or not; each operation is a subtransaction.
            connection.execute("SELECT pg_current_xact_id()" if chance.random() < 0.5 else "SELECT 1")
            for _ in range(operations):
                with connection.transaction():
                    connection.execute(
                        "SELECT script_tracking.complete_operation(script_tracking.track_operation('job', 'BACKUP'))"
                    )
            if chance.random() < 0.3:
                connection.rollback()
            else:
                connection.commit()
                committed += operations
    return committed


def repeat(conninfo: str, statement: str, is_over: threading.Event) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while not is_over.wait(0.02):
            try:
                connection.execute(statement.encode())
            except psycopg.Error as error:
                # Another one is running, or holds a lock.
                assert error.sqlstate in {"DT005", "55P03"}, error  # noqa: PT017


def watch(conninfo: str, is_over: threading.Event) -> list[str]:
    """Read again and again; return which counters fell."""
    fell: list[str] = []
    before: Values = {}
    with psycopg.connect(conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        while not is_over.is_set():
            found = read(database)
            for key, value in before.items():
                if key[0].endswith(_COUNTERS) and found[key] < value:
                    fell.append(f"{key}: {value} to {found[key]}")
            before = found
    return fell


def test_no_counter_falls_and_none_is_lost(installed_conninfo: str, installed: Database) -> None:
    is_over = threading.Event()
    statements = ("SELECT script_tracking.advance_counters(7)", "SELECT script_tracking.maintain()", _CLEANUP)
    with ThreadPoolExecutor(16) as threads:
        writers = [threads.submit(write, installed_conninfo, seed) for seed in range(_WRITERS)]
        running = [threads.submit(repeat, installed_conninfo, words, is_over) for words in statements]
        watching = [threads.submit(watch, installed_conninfo, is_over) for _ in range(2)]
        try:
            committed = sum(writer.result() for writer in writers)
        finally:
            is_over.set()
        for task in running:
            task.result()
        assert [task.result() for task in watching] == [[], []]
    assert total(read(installed), "dbtrack_executions_total", type="BACKUP") == committed
    installed.value("SELECT script_tracking.advance_counters()")
    assert total(read(installed), "dbtrack_executions_total", type="BACKUP") == committed
