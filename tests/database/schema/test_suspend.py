"""Capture is suspended and resumed: what is recorded, what everybody sees meanwhile, and what nobody can break."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError
from dbtrack.notify.alerts import manage
from dbtrack.notify.alerts.ready import find_ready
from dbtrack.proof.seal import seal
from dbtrack.schema.suspension import open_suspension
from dbtrack.suspension import resume, suspend
from tests.support.alerting import evaluated
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.waiting import wait_until
from tests.support.witness import Connection

REASON = "major upgrade to 18"
_TRIGGERS = """
SELECT t.evtname, t.evtevent, t.evtfoid::regproc::text, t.evtenabled, t.evtowner::regrole::text, t.evttags
FROM pg_event_trigger AS t ORDER BY 1
"""
_UNATTRIBUTED = """
SELECT affected_objects[1], metadata ->> 'change', metadata ->> 'suspension' FROM script_tracking.current_execution
WHERE script_type = 'UNATTRIBUTED' ORDER BY 1
"""
_FORGET = """
UPDATE script_tracking.suspension SET suspended_at = suspended_at - interval '3 hours', expires_at = expires_at - interval '3 hours'
"""
_GAP = "SELECT detail FROM script_tracking.get_evidence_completeness(%(since)s, now()) WHERE measure = 'capture_on'"
_EXCEPTION = """
SELECT e.detail FROM script_tracking.get_evidence_exceptions(%(since)s, now()) AS e WHERE e.kind = 'capture_off'
"""
_IS_SEALED = "SELECT EXISTS (SELECT FROM script_tracking.seal_leaf WHERE record_hk = %(key)s)"


@pytest.fixture
def watcher(installed_conninfo: str) -> Iterator[Connection]:
    """Another session in the database with dbtrack."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield connection


def findings(database: Database) -> list[tuple[str, str]]:
    return [(found.severity, found.subject) for found in schema.diagnose(database)]


def health(database: Database) -> dict[str, str]:
    rows = database.rows("SELECT health_metric, current_status FROM script_tracking.get_capture_health()")
    return dict(rows)


def test_what_happens_meanwhile_is_recorded_with_the_gap(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    reader = role("reader", member_of=("dbtrack_reader",))
    before = installed.rows(_TRIGGERS)
    since = installed.value("SELECT clock_timestamp()")
    installed.execute("CREATE TABLE recorded (id int)")
    seal(installed)
    done = run_dbtrack("suspend", "--reason", REASON, "--for", "2h", "-d", installed_conninfo)
    assert (done.returncode, done.stdout) == (0, "")
    assert "NOT captured until you run: dbtrack resume" in done.stderr
    assert "it is sealed" in done.stderr
    assert installed.rows(_TRIGGERS) == []
    [(key, login, value)] = installed.rows(
        "SELECT script_execution_hk, db_session_user::text, metadata #> '{administration,new}'"
        " FROM script_tracking.current_execution WHERE script_name = 'dbtrack suspend'"
    )
    assert (login, value["reason"], value["value"]) == ("postgres", REASON, "suspended")
    assert len(value["event_triggers"]) == 4
    assert installed.value(_IS_SEALED, {"key": key})

    _assert_everybody_is_told(installed, installed_conninfo, value["until"][:10])
    _assert_a_reader_knows_when_alone(installed_conninfo, reader)

    # Cron compares meanwhile, too; what it finds belongs to the suspension.
    installed.execute("CREATE TABLE meanwhile (id int)")
    assert [row[1] for row in schema.reconcile(installed).unattributed] == ["public.meanwhile"]
    installed.execute("DROP TABLE recorded")
    done = run_dbtrack("resume", "-d", installed_conninfo)
    assert done.returncode == 3
    assert done.stderr.startswith("DDL is captured again\n1 change was made meanwhile")
    assert installed.rows(_TRIGGERS) == before
    assert installed.rows(_UNATTRIBUTED) == [
        ("public.meanwhile", "created", key.hex()),
        ("public.recorded", "dropped", key.hex()),
    ]
    assert findings(installed) == []

    _assert_evidence_has_the_gap(installed, installed_conninfo, since)


def _assert_everybody_is_told(installed: Database, installed_conninfo: str, day: str) -> None:
    # Everybody who looks is told once, and nothing says that the triggers were lost.
    assert findings(installed) == [("WARNING", "capture")]
    assert health(installed)["capture_suspended"] == "WARNING"
    assert health(installed)["et_sql_drop"] == "OK"
    told = run_dbtrack("install", "-d", installed_conninfo)
    assert told.returncode == 0
    assert f"by postgres until {day}" in told.stderr
    assert "dbtrack resume ends it" in told.stderr
    refused = run_dbtrack("install", "--require-capture", "-d", installed_conninfo)
    assert refused.returncode == 1
    assert "run first: dbtrack resume" in refused.stderr
    assert installed.rows(_TRIGGERS) == []


def _assert_a_reader_knows_when_alone(installed_conninfo: str, reader: str) -> None:
    with psycopg.connect(psycopg.conninfo.make_conninfo(installed_conninfo, user=reader)) as session:
        row = session.execute(
            "SELECT login, reason, details FROM script_tracking.get_suspension()"
        ).fetchone()
        assert row
        assert row[:2] == (None, None)
        assert REASON not in row[2]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT script_tracking.resume_capture()")


def _assert_evidence_has_the_gap(installed: Database, installed_conninfo: str, since: object) -> None:
    installed.execute("CREATE TABLE afterwards (id int)")
    assert schema.reconcile(installed).unattributed == []
    gap = installed.value(_GAP, {"since": since})
    assert "capture was off once" in gap
    assert f"once by dbtrack suspend: {REASON}" in gap
    assert REASON in json.dumps(installed.rows(_EXCEPTION, {"since": since}), default=str)
    done = run_dbtrack("resume", "-d", installed_conninfo)
    assert (done.returncode, done.stderr) == (0, "capture was not suspended\nnothing was changed meanwhile\n")
    done = run_dbtrack("administration", "--format", "json", "-d", installed_conninfo)
    assert [row["script_name"] for row in json.loads(done.stdout)["rows"]][:2] == [
        "dbtrack resume",
        "dbtrack suspend",
    ]


def test_a_forgotten_suspension_is_a_finding_and_an_alert(installed: Database) -> None:
    manage.add_alert(installed, find_ready("capture-suspended"))
    manage.add_alert(installed, find_ready("capture-off"))
    suspend(installed, REASON, timedelta(hours=2))
    assert evaluated(installed) == []
    installed.execute(_FORGET)
    suspension = open_suspension(installed)
    assert suspension
    assert suspension.is_forgotten
    assert findings(installed) == [("CRITICAL", "capture")]
    assert health(installed)["capture_suspended"] == "CRITICAL"
    assert [(alert, change) for alert, _, change, _ in evaluated(installed)] == [
        ("capture-suspended", "fired")
    ]
    resume(installed)
    # Without --for it is a day.
    suspend(installed, REASON)
    assert installed.value(
        "SELECT expires_at - suspended_at = interval '1 day' FROM script_tracking.suspension WHERE resumed_at IS NULL"
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--reason", " "), 2, "--reason needs 1 to 1000 characters"),
        (("--reason", REASON, "--for", "soon"), 2, "--for"),
        (("--reason", REASON, "--for", "0s"), 2, "--for"),
        (("--reason", REASON, "--for", "9000d"), 2, "--for needs a time between nothing and a year"),
        ((), 2, "--reason"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    installed_conninfo: str, words: tuple[str, ...], code: int, message: str
) -> None:
    done = run_dbtrack("suspend", *words, "-d", installed_conninfo)
    assert done.returncode == code
    assert message in done.stderr
    with psycopg.connect(installed_conninfo) as connection:
        assert len(connection.execute(_TRIGGERS.encode()).fetchall()) == 4


def test_who_may_not_install_may_not_suspend(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    administrator = role("administrator", member_of=("dbtrack_admin",))
    owner = role("owner", member_of=("dbtrack_owner", "dbtrack_admin"))
    for login in (administrator, owner):
        done = run_dbtrack("suspend", "--reason", REASON, "-d", f"{installed_conninfo} user={login}")
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
    assert open_suspension(installed) is None
    assert len(installed.rows(_TRIGGERS)) == 4


def test_without_dbtrack_or_triggers_there_is_nothing_to_suspend(
    installed: Database, empty_conninfo: str
) -> None:
    done = run_dbtrack("suspend", "--reason", REASON, "-d", empty_conninfo)
    assert "run: dbtrack install" in done.stderr
    assert done.returncode == 10
    installed.run_script("".join(f"DROP EVENT TRIGGER {row[0]};" for row in installed.rows(_TRIGGERS)))
    with pytest.raises(DbtrackError, match="nothing to suspend"):
        suspend(installed, REASON)


def test_of_two_at_once_one_suspends(installed: Database, installed_conninfo: str) -> None:
    schema.reconcile(installed)
    words = ("suspend", "--reason", REASON, "--lock-timeout", "30", "-d", installed_conninfo)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: run_dbtrack(*words), range(3)))
    codes = sorted(each.returncode for each in done)
    assert codes[0] == 0
    assert set(codes[1:]) <= {1, 11}, [each.stderr for each in done]
    assert installed.value("SELECT count(*) FROM script_tracking.suspension") == 1
    with pytest.raises(DbtrackError, match=f"already suspended since .* by postgres, until .*: {REASON}"):
        suspend(installed, "another")


def test_an_installation_that_runs_is_waited_for_and_named(
    installed: Database, watcher: Connection, installed_conninfo: str
) -> None:
    schema.reconcile(installed)
    with watcher.transaction():
        watcher.execute("LOCK TABLE script_tracking.schema_migration IN SHARE ROW EXCLUSIVE MODE")
        with pytest.raises(LockedError, match=r"capture was not suspended: .*process"):
            suspend(installed, REASON, lock_timeout_seconds=1)
    assert open_suspension(installed) is None


def test_killed_in_the_middle_nothing_happened(
    installed: Database, watcher: Connection, installed_conninfo: str
) -> None:
    schema.reconcile(installed)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with watcher.transaction():
        # It has recorded the suspension, and waits for this before it drops the last trigger.
        watcher.execute("ALTER EVENT TRIGGER et_table_rewrite ENABLE ALWAYS")
        words = ("suspend", "--reason", REASON, "--lock-timeout", "60", "-d", installed_conninfo)
        process = subprocess.Popen([sys.executable, "-m", "dbtrack", *words], env=clean_environment())
        wait_until(lambda: installed.value(waits) == 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until(lambda: installed.value(waits) == 0)
    assert open_suspension(installed) is None
    assert findings(installed) == []


def test_interrupted_before_it_compared_resume_compares(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend(installed, REASON)
    installed.execute("CREATE TABLE meanwhile (id int)")

    def fail(*_: Any) -> None:
        raise DbtrackError("the machine failed")

    with monkeypatch.context() as patch:
        patch.setattr("dbtrack.suspension.event_triggers.reconcile", fail)
        with pytest.raises(DbtrackError, match="the machine failed"):
            resume(installed)
    assert len(installed.rows(_TRIGGERS)) == 4
    assert findings(installed) == [("WARNING", "capture")]
    assert health(installed)["capture_suspended"] == "WARNING"
    done = resume(installed)
    assert done.key is None
    assert [row[1] for row in done.found.unattributed] == ["public.meanwhile"]
    assert findings(installed) == []


def test_where_triggers_are_refused_it_stays_suspended(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend(installed, REASON)
    monkeypatch.setattr("dbtrack.suspension.event_triggers.has_capture", lambda _: False)
    with pytest.raises(DbtrackError, match="capture stays suspended"):
        resume(installed)
    assert open_suspension(installed)
    assert installed.rows(_TRIGGERS) == []
