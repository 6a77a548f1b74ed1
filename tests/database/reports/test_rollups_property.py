"""Rollup answers equal the plain aggregate, to the row, whatever writers, closings, cleanups and aborts do meanwhile."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.history import make_month, past_execution
from tests.support.rollups import differences, tenant_differences, trend_differences

Connection = psycopg.Connection[Any]
Item = TypeVar("Item")
_WIDE = (pytest.mark.matrix, pytest.mark.newest)
_TENANTS = tuple(bytes([number]) * 32 for number in range(3))
_STATUSES = ("COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "CANCELLED", "ABANDONED")
_METADATA: tuple[dict[str, str], ...] = (
    {},
    {"sqlstate": "42P01", "hint": "look again"},
    {"sqlstate": "55000", "command": "psql -f nightly.sql"},
    {"signal": "SIGKILL"},
)
_RECORD = "SELECT script_tracking.record_operations(%s::jsonb, %s)"
_TRACK = "SELECT script_tracking.track_operation('open', 'MANUAL', %s)"
_COMPLETE = "SELECT script_tracking.complete_operation(%s, %s, execution_status => %s)"


class Dice:
    """Throws that a seed repeats."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.throws = 0

    def below(self, limit: int) -> int:
        self.throws += 1
        digest = sha256(f"{self.seed}-{self.throws}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def choice(self, among: Sequence[Item]) -> Item:
        return among[self.below(len(among))]


class History:
    """Random work of several sessions on one database, each in and out of transactions."""

    def __init__(self, conninfo: str, seed: int) -> None:
        self.dice = Dice(seed)
        self.sessions = [psycopg.connect(conninfo, autocommit=True) for _ in range(4)]
        self.closable: list[bytes] = []

    def step(self) -> None:
        """Let one session do one thing."""
        session = self.dice.choice(self.sessions)
        if session.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            session.execute("ROLLBACK")
        actions = [self.record, self.record, self.track, self.close, self.toggle, self.undo, self.advance]
        # Two that close the same operation wait for each other; here nobody continues meanwhile.
        with suppress(psycopg.errors.LockNotAvailable):
            self.dice.choice(actions)(session)

    def record(self, session: Connection) -> None:
        back = self.dice.choice((0, 60, 3600, 86_400, 4 * 86_400, 30 * 86_400))
        operations = [
            {
                # Of names that occur once, the days have no rows.
                "script_name": self.dice.choice(("job", "job", "job", "load", f"once {self.dice.throws}")),
                "script_type": self.dice.choice(("MANUAL", "BACKUP")),
                "execution_status": self.dice.choice(_STATUSES),
                "execution_timestamp": (
                    datetime.now(UTC) - timedelta(seconds=self.dice.below(1000) * back / 1000)
                ).isoformat(),
                "duration_us": self.dice.choice((None, 0, self.dice.below(10**9))),
                "error_message": self.dice.choice((None, f"no row {self.dice.below(9)}", "no table")),
                "metadata": self.dice.choice(_METADATA),
            }
            for _ in range(1 + self.dice.below(4))
        ]
        session.execute(_RECORD, (json.dumps(operations), self.dice.choice((None, *_TENANTS))))

    def track(self, session: Connection) -> None:
        row = session.execute(_TRACK, (self.dice.choice(_TENANTS),)).fetchone()
        if row and session.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            self.closable.append(row[0])

    def close(self, session: Connection) -> None:
        # One that was abandoned may be closed again.
        if self.closable:
            status = self.dice.choice((None, "ABANDONED"))
            session.execute(_COMPLETE, (self.dice.choice(self.closable), True, status))

    def toggle(self, session: Connection) -> None:
        if session.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            session.execute("BEGIN")
        else:
            session.execute(self.dice.choice(("COMMIT", "ROLLBACK")))

    def undo(self, session: Connection) -> None:
        if session.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            session.execute("SAVEPOINT s")
            self.record(session)
            session.execute(self.dice.choice(("ROLLBACK TO s", "RELEASE s")))

    def advance(self, session: Connection) -> None:
        function = self.dice.choice(("advance_rollups", "advance_rollup_days"))
        session.execute(f"SELECT script_tracking.{function}(%s)", (self.dice.choice((3, 100_000)),))

    def settle(self) -> None:
        for session in self.sessions:
            session.close()


@contextmanager
def _history(conninfo: str, seed: int) -> Iterator[History]:
    history = History(conninfo, seed)
    try:
        yield history
    finally:
        history.settle()


@pytest.mark.every_server
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=_WIDE) for seed in (1, 2))])
def test_each_execution_counts_once_whatever_happens(
    installed: Database, installed_conninfo: str, seed: int
) -> None:
    for tenant in _TENANTS:
        installed.execute(
            "INSERT INTO script_tracking.tenant_h VALUES (%(t)s, encode(%(t)s, 'hex'), DEFAULT, 'test')",
            {"t": tenant},
        )
    with _history(installed_conninfo, seed) as history:
        for session in history.sessions:
            session.execute("SET lock_timeout = '50ms'")
        for number in range(150):
            history.step()
            if number % 10 == 0:
                assert differences(installed.raw, (None, _TENANTS[0])) == [], f"after step {number}"
        for session in history.sessions:
            if session.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                session.execute("ROLLBACK")
        while installed.value("SELECT o_outcome FROM script_tracking.advance_rollups(50)") == "more":
            assert differences(installed.raw) == []
        assert differences(installed.raw, (None, *_TENANTS)) == []
        assert installed.value("SELECT sum(completed) > 50 FROM script_tracking.rollup_total")
        _check_days(installed, history)


def _check_days(installed: Database, history: History) -> None:
    """Count the days in steps, and then what comes late; compare with the rows after each."""
    # A day with so many executions to a name that names have rows.
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    many = [{"script_name": "job", "execution_timestamp": at, "duration_us": n * n} for n in range(200)]
    history.sessions[0].execute(_RECORD, (json.dumps(many), _TENANTS[0]))
    installed.value("SELECT o_outcome FROM script_tracking.advance_rollups()")
    # Whether names have rows is decided by the first that are counted of a day.
    installed.execute("SELECT script_tracking.forget_rollup_days('-infinity', 'infinity')")
    while installed.value("SELECT o_outcome FROM script_tracking.advance_rollup_days(250)") == "more":
        assert trend_differences(installed.raw) == []
    assert trend_differences(installed.raw, (None, *_TENANTS)) == []
    for session in history.sessions:
        history.record(session)
        history.record(session)
    for session in history.sessions:
        session.execute("SELECT script_tracking.track_operation('runs', 'MANUAL', %s)", (_TENANTS[1],))
    # Reports that add up days, with what came later; then with this in the days.
    assert trend_differences(installed.raw, (None, _TENANTS[0])) == []
    assert differences(installed.raw, (None, _TENANTS[0])) == []
    assert tenant_differences(installed.raw, (None, _TENANTS[0])) == set()
    assert installed.value("SELECT o_outcome FROM script_tracking.advance_rollups()") == "done"
    assert trend_differences(installed.raw, (None, *_TENANTS)) == []
    assert differences(installed.raw, (None, *_TENANTS)) == []
    assert tenant_differences(installed.raw, (None, *_TENANTS)) == set()
    # Days and weeks were counted, with names and without.
    assert installed.value("SELECT o_outcome FROM script_tracking.advance_rollup_days()") == "done"
    assert trend_differences(installed.raw, (None, *_TENANTS)) == []
    assert installed.value("SELECT count(*) > 1 FROM script_tracking.rollup_week_state")
    assert installed.row(
        "SELECT count(*) > 25, bool_or(has_names), bool_or(NOT has_names) FROM script_tracking.rollup_day_state "
        "LEFT JOIN script_tracking.rollup_day USING (day_start) WHERE tenant_hk = ''"
    ) == (True, True, True)


def _until(stop: threading.Event, conninfo: str, work: Callable[[Connection, int], None]) -> threading.Thread:
    def run() -> None:
        with psycopg.connect(conninfo, autocommit=True) as session:
            number = 0
            while not stop.is_set():
                number += 1
                work(session, number)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _write(session: Connection, number: int) -> None:
    with suppress(ZeroDivisionError), session.transaction():
        row = session.execute("SELECT script_tracking.track_operation('w')").fetchone()
        session.execute("SELECT script_tracking.complete_operation(%s, %s)", (row and row[0], number % 7 > 0))
        if number % 5 == 0:
            raise ZeroDivisionError


def _advance(session: Connection, number: int) -> None:
    session.execute("SELECT script_tracking.advance_rollups(%s)", (number % 2 * 1000,))


@pytest.mark.matrix
def test_reports_are_right_while_writers_and_advances_race(
    installed: Database, installed_conninfo: str
) -> None:
    stop = threading.Event()
    threads = [_until(stop, installed_conninfo, _write) for _ in range(3)]
    threads.append(_until(stop, installed_conninfo, _advance))
    try:
        found = [differences(installed.raw) for _ in range(8)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [difference for difference in found if difference] == []


@pytest.mark.every_server
def test_cleanup_takes_what_it_removes_out_of_the_rollups(installed: Database) -> None:
    now = datetime.now(UTC)
    month = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=100)).replace(
        day=1
    )
    make_month(installed, month)
    past_execution(installed, "month", month + timedelta(days=3))
    past_execution(installed, "late", month + timedelta(days=4), ended=now - timedelta(days=50))
    for days in (20, 10, 3, 2):
        past_execution(installed, f"{days}", now - timedelta(days=days))
    advance = "SELECT o_outcome FROM script_tracking.advance_rollups()"
    assert installed.value(advance) == "done"
    assert installed.value("SELECT count(*) FROM script_tracking.rollup_gap") == 0
    installed.execute("SELECT script_tracking.cleanup_old_data(5)")
    assert differences(installed.raw) == []
    assert installed.value(advance) == "done"
    assert differences(installed.raw) == []
    assert installed.value(
        "SELECT sum(completed) FROM script_tracking.rollup_total WHERE level_minutes = 60"
    ) == installed.value("SELECT count(*) FROM script_tracking.current_execution")
