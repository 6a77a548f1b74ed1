"""Whatever number of workers evaluate, and whenever they are killed, each change of state is told once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import LockedError, NoConnectionError
from dbtrack.notify.alerts import Evaluation, evaluate_alerts, evaluate_due_alerts
from dbtrack.notify.alerts.alert import Alert
from tests.support.alerting import add, ended, evaluated, pass_time, told

pytestmark = pytest.mark.any_server

_WORKER = """
import sys
import psycopg
from dbtrack.db import Database
from dbtrack.notify.alerts import evaluate_alerts
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    database = Database.wrap(connection)
    print("ready", flush=True)
    while True:
        evaluate_alerts(database)
"""


@contextmanager
def connected(conninfo: str) -> Iterator[Database]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield Database.wrap(connection)


def test_many_workers_tell_once(installed: Database, installed_conninfo: str) -> None:
    add(installed, "each", "errors", "script_type = 'JOB'", group_by="name")

    def work(_number: int) -> int:
        with connected(installed_conninfo) as database:
            return sum(len(evaluate_alerts(database).changes) for _ in range(30))

    def write(number: int) -> int:
        with connected(installed_conninfo) as database:
            for each in range(20):
                ended(database, f"job {number}-{each}", "JOB", failed=True)
        return 0

    with ThreadPoolExecutor(10) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        workers = [pool.submit(work, number) for number in range(6)]
        changes = sum(future.result() for future in [*writers, *workers])
    changes += len(evaluated(installed))
    names = sorted(f"job {number}-{each}" for number in range(4) for each in range(20))
    assert sorted(told(installed)) == [("alert.fired", name, 1) for name in names]
    assert changes == len(names)


def test_killed_workers_lose_and_double_nothing(installed: Database, installed_conninfo: str) -> None:
    add(installed, "each", "errors", "script_type = 'JOB'", group_by="name")
    add(installed, "all", "errors", "script_type = 'JOB'")
    for kill in range(12):
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, installed_conninfo], stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        for each in range(5 + kill * 7 % 11):
            ended(installed, f"job {kill}-{each}", "JOB", failed=True)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
    evaluate_alerts(installed, waits=True)
    recorded = sorted(
        name
        for (name,) in installed.rows(
            "SELECT script_name FROM script_tracking.current_execution WHERE script_type = 'JOB'"
        )
    )
    groups = sorted(told(installed))
    assert [group for _kind, group, _count in groups if group] == recorded
    assert {count for _kind, group, count in groups if group} == {1}
    assert len([group for _kind, group, _count in groups if not group]) == 1
    counts = installed.rows("SELECT match_count FROM script_tracking.alert_state WHERE alert_name = 'all'")
    assert counts == [(len(recorded),)]


def test_a_worker_leaves_the_work_to_the_one_that_has_it(
    installed: Database, installed_conninfo: str
) -> None:
    add(installed, "failed", "errors", "script_type = 'JOB'")
    ended(installed, "a", "JOB", failed=True)
    with connected(installed_conninfo) as other, other.transaction():
        other.call("begin_alert_evaluation", p_is_waiting=False)
        assert evaluate_alerts(installed).is_busy
    assert evaluated(installed) == [("failed", "", "fired", 1)]


def test_waiting_ends(installed: Database, installed_conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbtrack.notify.alerts.evaluate._LONGEST_WAIT", "50ms")
    with connected(installed_conninfo) as other, other.transaction():
        other.call("begin_alert_evaluation", p_is_waiting=False)
        with pytest.raises(LockedError):
            evaluate_alerts(installed, waits=True)


def test_a_worker_that_stands_still_loses_the_work(
    installed: Database, installed_conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(installed, "failed", "errors", "script_type = 'JOB'")
    ended(installed, "a", "JOB", failed=True)
    found: list[Evaluation] = []

    def stand_still(_database: Database) -> list[Alert]:
        monkeypatch.undo()
        with connected(installed_conninfo) as other:
            found.append(evaluate_alerts(other, waits=True))
        return []

    monkeypatch.setattr("dbtrack.notify.alerts.evaluate._LONGEST_PAUSE", "200ms")
    monkeypatch.setattr("dbtrack.notify.alerts.evaluate.read_alerts", stand_still)
    with connected(installed_conninfo) as slow, pytest.raises(NoConnectionError):
        evaluate_alerts(slow)
    assert [change.change for change in found[0].changes] == ["fired"]
    assert told(installed) == [("alert.fired", "", 1)]


def test_what_is_not_due_is_left(installed: Database) -> None:
    assert evaluate_due_alerts(installed).is_busy  # there is no alert
    add(installed, "failed", "errors", "script_type = 'JOB'")
    ended(installed, "a", "JOB", failed=True)
    assert [change.change for change in evaluate_due_alerts(installed).changes] == ["fired"]
    ended(installed, "b", "JOB", failed=True)
    assert evaluate_due_alerts(installed, timedelta(hours=1)).is_busy
    assert not evaluate_due_alerts(installed, timedelta(0)).is_busy


def test_a_database_that_was_copied_tells_what_came_since(installed: Database) -> None:
    add(installed, "failed", "errors", "script_type = 'JOB'")
    assert evaluated(installed) == []
    installed.execute("""UPDATE script_tracking.alert_cursor SET place = '{"system": "another"}'""")
    ended(installed, "a", "JOB", failed=True)
    assert evaluated(installed) == [("failed", "", "fired", 1)]
    assert evaluated(installed) == []
    pass_time(installed, hours=2)
    assert evaluated(installed) == []
