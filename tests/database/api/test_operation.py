"""`Tracker` with a connection of its own: what is recorded of the caller's code, and what the caller notices."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dbtrack import Tracker, operations
from dbtrack.db import Database
from dbtrack.errors import NoConnectionError, QueryError, UsageError
from dbtrack.operations import Execution
from tests.support.command_line import clean_environment
from tests.support.sessions import end_other_sessions

pytestmark = pytest.mark.any_server

UNREACHABLE = "host=/nonexistent dbname=x"


@pytest.fixture
def tracker(installed_conninfo: str) -> Iterator[Tracker]:
    with Tracker(installed_conninfo) as tracker:
        yield tracker


def executions(database: Database) -> list[Execution]:
    keys = database.rows(
        "SELECT script_execution_hk FROM script_tracking.current_execution "
        "WHERE script_type NOT IN ('DDL_AUTO', 'MAINTENANCE') ORDER BY execution_timestamp"
    )
    return [operations.find_execution(database, bytes(row[0])) for row in keys]


def test_a_block_that_ends_well(tracker: Tracker, installed: Database) -> None:
    with tracker.operation("nightly load", script_type="BACKUP", metadata={"ticket": "OPS-1"}) as operation:
        assert operation.key is not None
        assert operations.find_execution(installed, operation.key).current.status == "RUNNING"
        operation.add_metadata({"rows": 5}, source="crm")
        operation.add_objects("public.orders")
    [found] = executions(installed)
    assert found.key == operation.key
    assert [version.status for version in found.versions] == ["RUNNING", "COMPLETED"]
    assert (found.current.script_name, found.current.script_type) == ("nightly load", "BACKUP")
    assert found.objects == ("public.orders",)
    kept = {key: found.current.metadata[key] for key in ("ticket", "rows", "source")}
    assert kept == {"ticket": "OPS-1", "rows": 5, "source": "crm"}
    assert found.record_source.startswith("tracker_api@")
    assert (tracker.unrecorded, tracker.error_count) == (0, 0)


def test_an_exception_is_recorded_and_raised_again(tracker: Tracker, installed: Database) -> None:
    error = ValueError("cannot read postgresql://bob:hunter2@db/x")
    with pytest.raises(ValueError, match="cannot read") as caught, tracker.operation("load"):
        raise error
    assert caught.value is error
    current = executions(installed)[0].current
    assert (current.status, current.error_message) == (
        "FAILED",
        "ValueError: cannot read postgresql://bob:***@db/x",
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError()])
def test_what_stops_the_program_cancels_the_operation(
    error: BaseException, tracker: Tracker, installed: Database
) -> None:
    with pytest.raises(type(error)), tracker.operation("load"):
        raise error
    current = executions(installed)[0].current
    assert current.status == "CANCELLED"
    assert type(error).__name__ in str(current.error_message)


def test_an_exception_that_cannot_be_shown_is_raised_again_too(tracker: Tracker, installed: Database) -> None:
    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise RuntimeError

    with pytest.raises(Mute), tracker.operation("load"):
        raise Mute
    assert executions(installed)[0].current.status == "FAILED"


def test_a_failure_without_an_exception(tracker: Tracker, installed: Database) -> None:
    with tracker.operation("load") as operation:
        operation.fail("3 of 10 files missing")
    current = executions(installed)[0].current
    assert (current.status, current.error_message) == ("FAILED", "3 of 10 files missing")


def test_a_decorated_function(tracker: Tracker, installed: Database) -> None:
    @tracker.track("double", script_type="REPORTING", metadata={"a": 1})
    def double(number: int, *, plus: int = 0) -> int:
        """Double a number."""
        return 2 * number + plus

    @tracker.track
    def fail() -> None:
        raise LookupError("gone")

    assert double(4, plus=1) == 9
    assert (double.__name__, double.__doc__) == ("double", "Double a number.")
    with pytest.raises(LookupError):
        fail()
    first, second = (found.current for found in executions(installed))
    assert (first.script_name, first.script_type, first.status) == ("double", "REPORTING", "COMPLETED")
    assert (second.script_name, second.status) == (fail.__qualname__, "FAILED")


def test_a_decorated_coroutine_is_recorded_until_its_end(tracker: Tracker, installed: Database) -> None:
    @tracker.track("wait")
    async def wait(milliseconds: int) -> int:
        await asyncio.sleep(milliseconds / 1000)
        return milliseconds

    @tracker.track("stuck")
    async def stuck() -> None:
        await asyncio.sleep(60)

    async def main() -> list[int]:
        task = asyncio.create_task(stuck())
        results = await asyncio.gather(*(wait(200) for _ in range(3)))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return results

    assert asyncio.run(main()) == [200, 200, 200]
    found = [execution.current for execution in executions(installed)]
    assert sorted((version.script_name, version.status) for version in found) == [
        ("stuck", "CANCELLED"),
        *[("wait", "COMPLETED")] * 3,
    ]
    assert all(version.duration_ms is not None and version.duration_ms >= 190 for version in found)


def test_a_generator_is_refused_when_it_is_decorated(tracker: Tracker) -> None:
    with pytest.raises(TypeError, match="generator"):

        @tracker.track("numbers")
        def numbers() -> Iterator[int]:
            yield 1


def test_threads_share_a_tracker(tracker: Tracker, installed: Database) -> None:
    def work(number: int) -> None:
        with tracker.operation(f"job {number}"):
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert sorted(found.current.script_name for found in executions(installed)) == sorted(
        f"job {number}" for number in range(40)
    )


def test_a_tenant_and_metadata_of_the_tracker(installed: Database, installed_conninfo: str) -> None:
    installed.execute("SELECT script_tracking.add_tenant('acme', 'Acme Ltd')")
    with Tracker(
        installed_conninfo, tenant="acme", script_type="REPORTING", metadata={"host": "etl1"}
    ) as tracker:
        with tracker.operation("load", metadata={"n": 1}):
            pass
        with tracker.batch() as batch:
            batch.record("batched")
    for found in executions(installed):
        assert (found.tenant, found.current.script_type) == ("acme", "REPORTING")
        assert found.current.metadata["host"] == "etl1"


def test_a_lost_connection_is_opened_again(tracker: Tracker, installed: Database) -> None:
    with tracker.operation("load"):
        assert end_other_sessions(installed) == 1
    assert executions(installed)[0].current.status == "COMPLETED"
    assert tracker.unrecorded == 0


def test_work_continues_when_nothing_can_be_recorded(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "dbtrack"), Tracker(UNREACHABLE) as tracker:
        with tracker.operation("load"):
            done = True
        with pytest.raises(ValueError, match="mine"), tracker.operation("fails"):
            raise ValueError("mine")
        with tracker.batch() as batch:
            batch.record("batched")
        assert tracker.unrecorded == 3
        assert tracker.error_count == 3
    assert done
    assert "could not record the start of load: cannot connect" in caplog.text
    assert "did not record 3 operation(s)" in caplog.text


def test_on_error_raise_stops_before_the_work() -> None:
    tracker = Tracker(UNREACHABLE, on_error="raise")
    with pytest.raises(NoConnectionError), tracker.operation("load"):
        pytest.fail("the block ran")


def lose_the_end(tracker: Tracker, installed: Database) -> None:
    with tracker.operation("load"):
        installed.execute("ALTER FUNCTION script_tracking.complete_operation RENAME TO away")
        raise ValueError("mine")


def test_on_error_raise_never_hides_the_callers_exception(
    installed: Database, installed_conninfo: str
) -> None:
    with Tracker(installed_conninfo, on_error="raise") as tracker:
        with pytest.raises(ValueError, match="mine") as caught:
            lose_the_end(tracker, installed)
        assert "dbtrack could not record the end of load" in caught.value.__notes__[0]
        installed.execute("ALTER FUNCTION script_tracking.away RENAME TO complete_operation")
        assert tracker.settle() == 0
    current = executions(installed)[0].current
    assert (current.status, current.error_message) == ("FAILED", "ValueError: mine")


def test_a_start_that_was_not_recorded_is_made_up_for(installed: Database, installed_conninfo: str) -> None:
    with Tracker(installed_conninfo) as tracker:
        installed.execute("ALTER FUNCTION script_tracking.track_operation RENAME TO away")
        with tracker.operation("load", metadata={"n": 1}) as operation:
            operation.add_metadata(m=2)
        installed.execute("ALTER FUNCTION script_tracking.away RENAME TO track_operation")
        assert operation.key is None
        assert (tracker.error_count, tracker.unrecorded) == (1, 0)
    [found] = executions(installed)
    assert (found.current.script_name, found.current.status) == ("load", "COMPLETED")
    assert (found.current.metadata["n"], found.current.metadata["m"]) == (1, 2)


def test_a_name_that_cannot_be_stored_is_counted_as_lost(
    tracker: Tracker, caplog: pytest.LogCaptureFixture
) -> None:
    with tracker.operation("x" * 300):
        done = True
    assert done
    assert tracker.unrecorded == 1
    assert "300 characters" in caplog.text


def test_a_malformed_connection_string_is_refused_at_once_without_its_password() -> None:
    with pytest.raises(UsageError) as caught:
        Tracker("postgresql://bob:hunter2@[db/x")
    assert "hunter2" not in str(caught.value)


def test_an_unknown_tenant_is_reported(installed_conninfo: str) -> None:
    tracker = Tracker(installed_conninfo, tenant="nosuch", on_error="raise")
    with pytest.raises(UsageError, match="nosuch"), tracker.operation("load"):
        pytest.fail("the block ran")


def test_a_program_that_dies_leaves_its_operation_abandoned(
    installed: Database, installed_conninfo: str
) -> None:
    program = (
        "import os, sys; from dbtrack import Tracker\n"
        "with Tracker(sys.argv[1]).operation('load'): os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, installed_conninfo], env=clean_environment(), check=False
    )
    assert done.returncode == -9
    for _ in range(100):
        installed.execute("SELECT script_tracking.maintain()")
        if executions(installed)[0].current.status == "ABANDONED":
            break
    assert executions(installed)[0].current.status == "ABANDONED"


def test_a_forked_process_uses_a_connection_of_its_own(installed: Database, installed_conninfo: str) -> None:
    program = (
        "import os, sys; from dbtrack import Tracker\n"
        "tracker = Tracker(sys.argv[1], on_error='raise')\n"
        "with tracker.operation('before'): pass\n"
        "child = os.fork()\n"
        "with tracker.operation('child' if child == 0 else 'parent'): pass\n"
        "if child: os.waitpid(child, 0)\n"
        "else: os._exit(0)\n"
        "with tracker.operation('after'): pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, installed_conninfo], env=clean_environment(), check=False
    )
    assert done.returncode == 0
    assert {found.current.script_name for found in executions(installed)} == {
        "before",
        "child",
        "parent",
        "after",
    }
    assert {found.current.status for found in executions(installed)} == {"COMPLETED"}


def test_the_servers_code_of_an_exception_is_recorded(tracker: Tracker, installed: Database) -> None:
    with pytest.raises(QueryError) as caught, tracker.operation("load"):
        installed.execute("SELECT no_such_function(1)")
    assert caught.value.hint
    with pytest.raises(QueryError), tracker.batch() as batch, batch.operation("batched"):
        installed.execute("SELECT 1 / 0")
    first, second = (execution.current.metadata for execution in executions(installed))
    assert (first["sqlstate"], first["hint"]) == ("42883", caught.value.hint)
    assert first["cause"] == "function no_such_function(integer) does not exist"
    assert second["sqlstate"] == "22012"
    with pytest.raises(QueryError), tracker.operation("own words", metadata={"sqlstate": "mine"}):
        installed.execute("SELECT 1 / 0")
    assert executions(installed)[-1].current.metadata["sqlstate"] == "mine"
