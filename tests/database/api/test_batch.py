"""Many operations in few calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dbtrack import Tracker
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError

SELECT = """
SELECT script_name, execution_status, execution_timestamp, execution_duration_ms, error_message, affected_objects, metadata
FROM script_tracking.current_execution
ORDER BY script_name
"""


@pytest.fixture
def tracker(installed_conninfo: str) -> Iterator[Tracker]:
    with Tracker(installed_conninfo, on_error="raise") as tracker:
        yield tracker


def count(database: Database) -> int:
    query = "SELECT count(DISTINCT script_execution_hk) FROM script_tracking.current_execution"
    return int(database.value(f"{query} WHERE script_type <> 'DDL_AUTO'"))


def test_everything_given_is_recorded(tracker: Tracker, installed: Database) -> None:
    started_at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    with tracker.batch(metadata={"host": "etl1"}) as batch:
        batch.record(
            "imported",
            status="FAILED",
            started_at=started_at,
            duration=timedelta(milliseconds=1500, microseconds=3),
            error_message="password=hunter2 refused",
            metadata={"rows": 5},
            affected_objects=["public.orders", "public.items"],
        )
    [(name, status, when, duration_ms, message, objects, metadata)] = installed.rows(SELECT)
    assert (name, status, when, duration_ms) == ("imported", "FAILED", started_at, 1500)
    assert message == "password=*** refused"
    assert objects == ["public.orders", "public.items"]
    assert (metadata["rows"], metadata["host"], metadata["duration_us"]) == (5, "etl1", 1_500_003)


def test_a_secret_in_a_name_is_stored_nowhere(tracker: Tracker, installed: Database) -> None:
    with tracker.batch() as batch:
        batch.record("copy postgresql://ann:hunter2@db/shop")
    stored = installed.rows(
        """SELECT h.script_execution_bk, s.script_name FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.script_execution_s AS s USING (script_execution_hk)"""
    )
    assert "hunter2" not in str(stored)
    assert "copy postgresql://ann:***@db/shop" in str(stored)


def test_blocks_are_timed_and_their_exceptions_go_on(tracker: Tracker, installed: Database) -> None:
    with tracker.batch() as batch:
        with batch.operation("a good one") as operation:
            operation.add_metadata(rows=1)
            operation.add_objects("public.orders")
        with pytest.raises(ValueError, match="mine"), batch.operation("bad one"):
            raise ValueError("mine")
        assert count(installed) == 0
    good, bad = installed.rows(SELECT)
    assert (good[1], good[5], good[6]["rows"]) == ("COMPLETED", ["public.orders"], 1)
    assert good[6]["duration_us"] >= 0
    assert (bad[1], bad[4]) == ("FAILED", "ValueError: mine")


def test_each_size_operations_are_recorded_at_once(tracker: Tracker, installed: Database) -> None:
    with tracker.batch(size=3) as batch:
        seen = []
        for _ in range(7):
            batch.record("job")
            seen.append(count(installed))
        assert seen == [0, 0, 3, 3, 3, 6, 6]
        batch.flush()
        assert count(installed) == 7


def test_an_exception_in_the_block_loses_nothing(tracker: Tracker, installed: Database) -> None:
    def fail() -> None:
        with tracker.batch() as batch:
            batch.record("job")
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        fail()
    assert count(installed) == 1


def test_what_cannot_be_stored_is_refused_where_it_is_given(tracker: Tracker, installed: Database) -> None:
    with tracker.batch() as batch:
        for wrong in (
            {"name": "x" * 256},
            {"name": "job", "status": "RUNNING"},
            {"name": "job", "status": "nonsense"},
            {"name": "job", "started_at": datetime(2026, 1, 1)},  # noqa: DTZ001
            {"name": "job", "duration": timedelta(seconds=-1)},
        ):
            with pytest.raises(UsageError):
                batch.record(**wrong)
        batch.record("job")
    assert count(installed) == 1
    with pytest.raises(UsageError):
        tracker.batch(size=0)


def test_a_refused_batch_is_raised_kept_and_recorded_later(tracker: Tracker, installed: Database) -> None:
    installed.execute("ALTER FUNCTION script_tracking.record_operations RENAME TO away")
    batch = tracker.batch()
    batch.record("job 1")
    batch.record("job 2")
    with pytest.raises(DbtrackError):
        batch.flush()
    assert tracker.unrecorded == 2
    installed.execute("ALTER FUNCTION script_tracking.away RENAME TO record_operations")
    assert tracker.settle() == 0
    assert count(installed) == 2


def test_many_are_recorded_each_once(tracker: Tracker, installed: Database) -> None:
    with tracker.batch(size=500) as batch:
        for number in range(2000):
            batch.record("same name", metadata={"n": number})
    assert count(installed) == 2000
    assert (
        installed.value("SELECT count(DISTINCT metadata ->> 'n') FROM script_tracking.current_execution")
        == 2000
    )
