"""Every row is sealed exactly once, whatever else happens; an intact record verifies."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.errors import LockedError, PermissionDeniedError, UsageError
from dbtrack.proof.seal import seal
from dbtrack.proof.verify import VerifyScope
from tests.support.history import make_month, past_execution
from tests.support.sealed import kinds, record_some, sealed, verified
from tests.support.servers.sandbox import RoleFactory

RECORD = ("script_execution_h", "script_execution_s", "script_execution_parent_l")
UNSEALED = """
SELECT count(*) FROM script_tracking.script_execution_s AS s WHERE NOT EXISTS (
    SELECT FROM script_tracking.seal_leaf AS l
    WHERE l.load_date = s.load_date AND l.record_hk = s.script_execution_hk)
"""


@pytest.mark.every_server
def test_all_that_is_recorded_is_sealed_once_and_verifies(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    assert installed.value(UNSEALED) == 0
    assert seal(installed).leaves == 0
    installed.execute("CREATE TABLE later (id int)")
    assert seal(installed).last_block == 2
    result = verified(installed_conninfo)
    rows = installed.value(
        "SELECT (SELECT count(*) FROM script_tracking.script_execution_s)"
        " + (SELECT count(*) FROM script_tracking.script_execution_parent_l)"
    )
    assert (result.findings, result.blocks, result.rows) == ([], 2, rows)


@pytest.mark.every_server
def test_a_record_with_everything_odd_in_it_verifies(installed_conninfo: str, installed: Database) -> None:
    metadata = '{"ключ": 1.50, "b": "\\u0001\\n\\"", "aa": {"z": [1e3, -0.0, true, null]}, "email": "a@b.c"}'
    operations = f'[{{"script_name": "naïve \\t\\u007f \\\\ 漢字 🎉", "metadata": {metadata}}}]'
    installed.execute("SELECT script_tracking.record_operations(%(all)s)", {"all": operations})
    installed.execute(
        "SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German'; SET bytea_output = 'escape'"
    )
    installed.execute("SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 0")
    seal(installed)
    assert verified(installed_conninfo).findings == []


def sealed_once(database: Database) -> None:
    """The first seal looks at every row; only the next ones begin where it ended."""
    database.execute("SELECT script_tracking.track_operation('first')")
    assert seal(database).leaves > 0


def test_an_open_transaction_delays_its_own_rows_alone_and_loses_none(
    installed_conninfo: str, installed: Database
) -> None:
    sealed_once(installed)
    with psycopg.connect(installed_conninfo) as slow:
        slow.execute("SELECT script_tracking.track_operation('slow')")
        record_some(installed)
        assert seal(installed).leaves > 0
        slow.commit()
    assert seal(installed).leaves == 1
    assert installed.value(UNSEALED) == 0
    assert verified(installed_conninfo).findings == []


def test_a_transaction_of_another_database_delays_nothing(
    installed_conninfo: str, installed: Database, empty_conninfo: str
) -> None:
    sealed_once(installed)
    with psycopg.connect(empty_conninfo, autocommit=True) as elsewhere:
        elsewhere.execute("BEGIN")
        elsewhere.execute("SELECT pg_current_xact_id()")
        elsewhere.execute("PREPARE TRANSACTION 'elsewhere'")
        try:
            record_some(installed)
            assert seal(installed).leaves > 0
        finally:
            elsewhere.execute("ROLLBACK PREPARED 'elsewhere'")
    assert installed.value(UNSEALED) == 0
    assert verified(installed_conninfo).findings == []


def test_subtransactions_and_later_updates_of_a_sealed_row_seal_nothing_twice(
    installed_conninfo: str, installed: Database
) -> None:
    key = installed.value("SELECT script_tracking.track_operation('long')")
    with installed.transaction(), installed.transaction():
        installed.execute("SELECT script_tracking.track_operation('nested')")
    assert seal(installed).leaves == 2 + installed.value(
        "SELECT count(*) FROM script_tracking.script_execution_s WHERE script_name NOT IN ('long', 'nested')"
    )
    installed.execute("SELECT script_tracking.complete_operation(%(key)s)", {"key": key})
    assert seal(installed).leaves == 1
    assert verified(installed_conninfo).findings == []


def test_a_row_that_moves_from_the_default_partition_is_not_sealed_again(
    installed_conninfo: str, installed: Database
) -> None:
    past_execution(installed, "old", datetime.now(UTC) - timedelta(days=100))
    seal(installed)
    recorded = "SELECT count(*) FROM script_tracking.script_execution_s"
    before = installed.value(recorded)
    retention.maintain(installed)  # whose own DDL comes after its sealing
    assert seal(installed).leaves == installed.value(recorded) - before > 0
    assert verified(installed_conninfo).findings == []


def test_writers_and_aborts_and_two_sealers_at_once(installed_conninfo: str, installed: Database) -> None:
    stop = threading.Event()

    def write(number: int) -> None:
        with psycopg.connect(installed_conninfo, autocommit=True) as connection:
            count = 0
            while not stop.is_set() or count < 10:
                with connection.transaction(force_rollback=count % 3 == 2):
                    connection.execute("SELECT script_tracking.track_operation(%s)", (f"{number}-{count}",))
                count += 1

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    for _ in range(10):
        try:
            seal(installed)
        finally:
            retention.maintain(installed)
    stop.set()
    for writer in writers:
        writer.join()
    seal(installed)
    assert installed.value(UNSEALED) == 0
    result = verified(installed_conninfo, scope=VerifyScope(jobs=3))
    assert result.findings == []
    assert result.rows == installed.value("SELECT count(*) FROM script_tracking.seal_leaf")


def test_a_second_seal_leaves_it_to_the_first(installed_conninfo: str, installed: Database) -> None:
    record_some(installed)
    with psycopg.connect(installed_conninfo) as first:
        first.execute("SELECT script_tracking.seal_step()")
        with pytest.raises(LockedError, match="another seal"):
            seal(installed)
        assert ("seal", "skipped", "another seal is running") in retention.maintain(installed).tasks


def test_maintain_seals(installed: Database) -> None:
    record_some(installed)
    tasks = {task: details for task, _, details in retention.maintain(installed).tasks}
    assert tasks["seal"] != "0 sealed"
    assert installed.value(UNSEALED) == 0


def test_another_default_isolation_does_not_hide_rows(installed: Database) -> None:
    record_some(installed)
    installed.execute("SET default_transaction_isolation = serializable")
    with pytest.raises(UsageError, match="read committed"):
        installed.execute("SELECT script_tracking.seal_step()")
    assert ("seal", "skipped") in [task[:2] for task in retention.maintain(installed).tasks]
    assert seal(installed).leaves > 0


def test_blocks_do_not_span_months_so_that_leaves_go_with_their_month(
    installed_conninfo: str, installed: Database
) -> None:
    last_month = datetime.now(UTC).replace(day=1, hour=0, minute=0) - timedelta(days=400)
    make_month(installed, last_month.replace(day=1))
    past_execution(installed, "old", last_month)
    record_some(installed)
    assert seal(installed).blocks == 2
    retention.cleanup(installed, days=90)
    seal(installed)
    assert installed.value("SELECT count(*) FROM script_tracking.seal_leaf WHERE block_number = 1") == 0
    result = verified(installed_conninfo)
    assert (result.findings, result.removed) == ([], 1)


def test_nobody_but_an_administrator_seals_and_nobody_reads_salts(
    installed_conninfo: str, installed: Database, role: RoleFactory
) -> None:
    sealed(installed)
    for member in ("dbtrack_operator", "dbtrack_reader"):
        with psycopg.connect(installed_conninfo, user=role("curious", member_of=(member,))) as other:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute("SELECT person_salt FROM script_tracking.seal_leaf")
            other.rollback()
            with pytest.raises(PermissionDeniedError):
                seal(Database.wrap(other))


@pytest.mark.parametrize("member", ["dbtrack_admin", "dbtrack_operator"])
def test_nobody_changes_a_row_by_hand(
    installed_conninfo: str, installed: Database, role: RoleFactory, member: str
) -> None:
    meddler = role("meddler", member_of=(member,))
    with psycopg.connect(installed_conninfo, user=meddler, autocommit=True) as one:
        for table in (*RECORD, "seal_leaf", "seal_block", "seal_state"):
            for words in ("DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    one.execute(words.format(f"script_tracking.{table}").encode())
        for table in RECORD:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                one.execute(f"UPDATE script_tracking.{table} SET load_date = now()".encode())


def test_the_record_of_a_range_of_blocks_is_verified_alone(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    installed.execute("SELECT script_tracking.track_operation('second')")
    seal(installed)
    installed.execute("UPDATE script_tracking.seal_leaf SET leaf_hash = sha256('x') WHERE block_number = 1")
    assert verified(installed_conninfo, scope=VerifyScope(from_block=2)).findings == []
    assert "seal" in kinds(verified(installed_conninfo, scope=VerifyScope(to_block=1)).findings)


@pytest.mark.every_server
def test_a_session_that_the_owner_may_not_see_holds_the_horizon_back(
    installed_conninfo: str, installed: Database, role: RoleFactory
) -> None:
    with psycopg.connect(installed_conninfo, user=role("hidden")) as hidden:
        hidden.execute("SELECT pg_current_xact_id()")
        installed.execute("REVOKE pg_read_all_stats FROM dbtrack_owner")
        try:
            installed.execute("SET ROLE dbtrack_owner")
            since = installed.value("SELECT now() - script_tracking.records_since() > interval '23 hours'")
            assert since
        finally:
            installed.execute("RESET ROLE")
            installed.execute("GRANT pg_read_all_stats TO dbtrack_owner")
    assert installed.value("SELECT now() - script_tracking.records_since() < interval '1 hour'")
