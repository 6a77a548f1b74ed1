"""`Tracker` on the caller's connection: in the caller's transactions, without disturbing them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbtrack import Tracker, operations
from dbtrack.db import Database
from dbtrack.operations import Execution

pytestmark = pytest.mark.any_server

Connection = psycopg.Connection[Any]


@pytest.fixture
def autocommit(installed_conninfo: str) -> Iterator[Connection]:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def transactional(installed_conninfo: str) -> Iterator[Connection]:
    with psycopg.connect(installed_conninfo) as connection:
        yield connection


def executions(database: Database) -> dict[str, Execution]:
    keys = database.rows(
        "SELECT script_execution_hk FROM script_tracking.current_execution WHERE script_type <> 'DDL_AUTO'"
    )
    found = [operations.find_execution(database, bytes(row[0])) for row in keys]
    assert len({execution.current.script_name for execution in found}) == len(found), (
        "nothing is recorded twice"
    )
    return {execution.current.script_name: execution for execution in found}


def fail(tracker: Tracker, connection: Connection, statement: str = "SELECT 1", **options: Any) -> None:
    """Run a statement inside the operation `load`, which then fails, if not by the statement."""
    with tracker.operation("load", **options):
        connection.execute(statement.encode())
        raise ValueError("mine")


def outcome(database: Database, name: str) -> tuple[str, str | None]:
    current = executions(database)[name].current
    return current.status, current.error_message


def test_in_autocommit_mode_each_record_stands_by_itself(autocommit: Connection, installed: Database) -> None:
    tracker = Tracker(autocommit)
    with tracker.operation("good"):
        assert outcome(installed, "good")[0] == "RUNNING"
    with pytest.raises(psycopg.errors.DivisionByZero), tracker.operation("bad"):
        autocommit.execute("SELECT 1/0")
    assert outcome(installed, "good") == ("COMPLETED", None)
    assert outcome(installed, "bad") == ("FAILED", "psycopg.errors.DivisionByZero: division by zero")
    tracker.close()
    assert not autocommit.closed


def test_ddl_of_the_connection_is_linked_while_the_operation_lasts(
    autocommit: Connection, installed: Database
) -> None:
    with Tracker(autocommit) as tracker:
        with tracker.operation("outer"):
            autocommit.execute("CREATE TABLE a (id int)")
            with tracker.operation("inner"):
                autocommit.execute("CREATE TABLE b (id int)")
            autocommit.execute("CREATE TABLE c (id int)")
        autocommit.execute("CREATE TABLE d (id int)")
    found = executions(installed)
    assert [child.affected_objects for child in found["inner"].children] == [("public.b",)]
    names = [(child.script_type, *child.affected_objects) for child in found["outer"].children]
    assert names == [("DDL_AUTO", "public.a"), ("MANUAL",), ("DDL_AUTO", "public.c")]


def test_ddl_is_linked_inside_a_transaction_too(transactional: Connection, installed: Database) -> None:
    with Tracker(transactional) as tracker:
        transactional.execute("SELECT 1")
        with tracker.operation("migration"):
            transactional.execute("CREATE TABLE a (id int)")
        transactional.execute("CREATE TABLE b (id int)")
        transactional.commit()
        transactional.execute("CREATE TABLE c (id int)")
        transactional.commit()
    assert [child.affected_objects for child in executions(installed)["migration"].children] == [
        ("public.a",)
    ]


def test_a_success_is_committed_with_the_work(transactional: Connection, installed: Database) -> None:
    with Tracker(transactional) as tracker:
        with tracker.operation("load"):
            transactional.execute("CREATE TABLE a (id int)")
        assert outcome(installed, "load")[0] == "RUNNING"
        transactional.commit()
        assert outcome(installed, "load")[0] == "COMPLETED"


@pytest.mark.parametrize("statement", ["SELECT 1/0", "SELECT 1"])
@pytest.mark.parametrize("began_before", [True, False])
def test_a_failure_survives_the_rollback(
    statement: str, began_before: bool, transactional: Connection, installed: Database
) -> None:
    with Tracker(transactional) as tracker:
        if began_before:
            transactional.execute("SELECT 1")
        with pytest.raises((psycopg.Error, ValueError)):
            fail(tracker, transactional, statement, metadata={"n": 1})
        transactional.rollback()
        assert tracker.unrecorded == 1
        assert tracker.settle() == 0
        found = executions(installed)["load"]
        assert found.current.status == "FAILED"
        assert found.current.metadata["n"] == 1
        assert tracker.error_count == 0


def test_a_failure_that_is_committed_is_recorded_once(transactional: Connection, installed: Database) -> None:
    with Tracker(transactional) as tracker:
        with pytest.raises(ValueError, match="mine"):
            fail(tracker, transactional)
        transactional.commit()
        assert tracker.settle() == 0
    assert outcome(installed, "load") == ("FAILED", "ValueError: mine")


def test_the_next_operation_settles_what_went_before(transactional: Connection, installed: Database) -> None:
    with Tracker(transactional) as tracker:
        with pytest.raises(ValueError, match="mine"), transactional.transaction():
            fail(tracker, transactional)
        with tracker.operation("next"):
            pass
        transactional.commit()
    assert outcome(installed, "load")[0] == "FAILED"
    assert outcome(installed, "next")[0] == "COMPLETED"


def test_a_failure_that_can_no_longer_be_recorded_is_said(
    installed_conninfo: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "dbtrack"):
        connection = psycopg.connect(installed_conninfo)
        tracker = Tracker(connection)
        with pytest.raises(ValueError, match="mine"), connection:
            fail(tracker, connection)
        tracker.close()
    assert "load" in caplog.text
    assert "rolled back" in caplog.text
    assert tracker.unrecorded == 1


@pytest.mark.parametrize("function", ["track_operation", "complete_operation"])
def test_a_refused_record_leaves_the_callers_transaction_alone(
    function: str, transactional: Connection, installed: Database
) -> None:
    installed.execute(f"ALTER FUNCTION script_tracking.{function} RENAME TO away")
    with Tracker(transactional) as tracker:
        transactional.execute("CREATE TABLE a (id int)")
        with tracker.operation("load"):
            transactional.execute("INSERT INTO a VALUES (1)")
        transactional.commit()
        assert tracker.error_count == 1
        installed.execute(f"ALTER FUNCTION script_tracking.away RENAME TO {function}")
    assert installed.value("SELECT count(*) FROM public.a") == 1
    assert outcome(installed, "load")[0] == "COMPLETED"


def test_behind_a_pooler_nothing_is_tied_to_the_session(autocommit: Connection, installed: Database) -> None:
    with Tracker(autocommit, pooled=True) as tracker:
        with tracker.operation("load"):
            assert autocommit.execute("SELECT current_setting('dbtrack.execution', true)").fetchone() in [
                ("",),
                (None,),
            ]
            assert installed.value("SELECT is_bound FROM script_tracking.open_execution") is False
        with autocommit.transaction(), tracker.operation("migration"):
            autocommit.execute("CREATE TABLE a (id int)")
    assert len(executions(installed)["migration"].children) == 1


def test_a_batch_in_the_callers_transaction(transactional: Connection, installed: Database) -> None:
    with Tracker(transactional) as tracker:
        with tracker.batch(size=2) as batch:
            for number in range(5):
                batch.record(f"job {number}")
        transactional.commit()
    assert len(executions(installed)) == 5
