"""Clients that work at once: each keeps its own journal of what the server acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from tests.support.witness import Connection


@dataclass
class Journal:
    """What a client was told, and what went wrong for it.

    Args:
        captured: DDL that was committed: command tag and object.
        tracked: operations that were completed, by their names.
        rolled_back: names that must stand nowhere.
        errors: what a client's statement failed of.
    """

    captured: list[tuple[str, str]] = field(default_factory=list)
    tracked: list[str] = field(default_factory=list)
    rolled_back: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


Work = Callable[[Connection, Journal, random.Random, str], None]


def change_schema(connection: Connection, journal: Journal, chance: random.Random, name: str) -> None:
    """Make a table of the client's own, change it, at times drop it: each a transaction of its own, or all one."""
    table = f"work.{name}"
    steps = [
        (f"CREATE TABLE {table} (id serial PRIMARY KEY, note text)", "CREATE TABLE"),
        (f"ALTER TABLE {table} ADD COLUMN extra int", "ALTER TABLE"),
        (f"COMMENT ON TABLE {table} IS 'one of many'", "COMMENT"),
        (f"DROP TABLE {table}", "DROP TABLE"),
    ][: chance.randint(1, 4)]
    done: list[tuple[str, str]] = []
    if chance.random() < 0.5:
        for statement, tag in steps:
            connection.execute(statement.encode())
            journal.captured.append((tag, table))
        return
    with connection.transaction(force_rollback=(undo := chance.random() < 0.3)):
        for statement, tag in steps:
            connection.execute(statement.encode())
            done.append((tag, table))
    if undo:
        journal.rolled_back.append(table)
    else:
        journal.captured += done


def track(connection: Connection, journal: Journal, chance: random.Random, name: str) -> None:
    """Track an operation: begin and end in transactions of their own, or together with the work."""
    if chance.random() < 0.7:
        _operation(connection, name, success=chance.random() < 0.9)
        journal.tracked.append(name)
        return
    with connection.transaction(force_rollback=(undo := chance.random() < 0.3)):
        _operation(connection, name, success=True)
    (journal.rolled_back if undo else journal.tracked).append(name)


def _operation(connection: Connection, name: str, *, success: bool) -> None:
    row = connection.execute("SELECT script_tracking.track_operation(%s)", (name,)).fetchone()
    assert row
    closed = connection.execute(
        "SELECT script_tracking.complete_operation(%s, %s, %s)",
        (row[0], success, None if success else "it did not work"),
    ).fetchone()
    assert closed == (True,)


def report(connection: Connection, _journal: Journal, chance: random.Random, _name: str) -> None:
    """Read one of the reports."""
    function = chance.choice(
        [
            "get_enterprise_dashboard()",
            "get_execution_history()",
            "get_performance_metrics()",
            "get_system_health()",
            "get_recent_errors()",
        ]
    )
    connection.execute(f"SELECT count(*) FROM script_tracking.{function}".encode())


def maintain(connection: Connection, _journal: Journal, _chance: random.Random, _name: str) -> None:
    """Do the periodic work."""
    connection.execute("SELECT count(*) FROM script_tracking.maintain()")


def clean_up(connection: Connection, _journal: Journal, _chance: random.Random, _name: str) -> None:
    """Remove what is older than a year."""
    connection.execute("SELECT script_tracking.cleanup_old_data(365)")


# The command line does these at READ COMMITTED, whatever the database's default is.
_PERIODIC = (maintain, clean_up)


@contextmanager
def working(
    conninfo: str, crew: Sequence[Work], isolation: psycopg.IsolationLevel | None = None
) -> Iterator[list[Journal]]:
    """Let one client for each of the crew work until the block ends; journals grow meanwhile.

    A client whose connection is lost stops; any other error is written down, and the client continues.
    """
    ended = threading.Event()
    journals = [Journal() for _ in crew]
    threads = [
        threading.Thread(
            target=_work,
            args=(conninfo, work, None if work in _PERIODIC else isolation, number, journal, ended),
        )
        for number, (work, journal) in enumerate(zip(crew, journals, strict=True))
    ]
    for thread in threads:
        thread.start()
    try:
        yield journals
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _work(
    conninfo: str,
    work: Work,
    isolation: psycopg.IsolationLevel | None,
    number: int,
    journal: Journal,
    ended: threading.Event,
) -> None:
    chance = random.Random(number)  # noqa: S311 - the same work in each run
    prefix = f"c{number}_{time.time_ns()}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.isolation_level = isolation
        if isolation:
            connection.execute(
                f"SET default_transaction_isolation = '{isolation.name.replace('_', ' ')}'".encode()
            )
        turn = 0
        while not ended.is_set() and not connection.closed:
            turn += 1
            try:
                work(connection, journal, chance, f"{prefix}_{turn}")
            except psycopg.Error as error:
                if connection.broken:
                    return
                journal.errors.append(f"{work.__name__}: {error.sqlstate} {error}")
