"""Periodic work: partitions that lose nothing, retention that spares what runs, locks that make nobody wait."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Timer

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, UsageError
from dbtrack.schema import settings
from dbtrack.schema.settings import set_setting
from dbtrack.tenants import tenants
from tests.support.command_line import run_dbtrack
from tests.support.history import make_month, names, past_execution
from tests.support.servers.sandbox import RoleFactory

_NOW = datetime.now(UTC)
_PARTITIONS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'script_tracking.script_execution_s'::regclass ORDER BY 1
"""


def _month(ago: int) -> datetime:
    first = _NOW.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(ago):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _removed(database: Database) -> object:
    return database.value(
        "SELECT metadata ->> 'executions_removed' FROM script_tracking.current_execution "
        "WHERE script_name = 'dbtrack cleanup'"
    )


def _wait_until_gone(database: Database, pid: int) -> None:
    # The server notices a closed connection in its own time.
    while database.value("SELECT count(*) FROM pg_stat_activity WHERE pid = %(pid)s", {"pid": pid}):
        time.sleep(0.01)


def test_install_makes_this_month_and_three_ahead(installed: Database) -> None:
    made = [row[0] for row in installed.rows(_PARTITIONS)]
    assert f"script_tracking.script_execution_s_{_NOW:%Y_%m}" in made
    assert len(made) == 5  # four months and the default


@pytest.mark.every_server
def test_the_partitions_that_maintain_makes_are_one_execution(installed: Database) -> None:
    schema.reconcile(installed)
    set_setting(installed, "partitions.months_ahead", "5")
    retention.maintain(installed)
    executions = installed.rows(
        "SELECT script_name, script_type, cardinality(affected_objects) FROM script_tracking.current_execution"
        " WHERE script_name = 'dbtrack maintain'"
    )
    assert executions == [("dbtrack maintain", "MAINTENANCE", 10)]
    assert schema.reconcile(installed).unattributed == []
    # What somebody does to these tables by hand is recorded, in the same statement too.
    installed.execute("CREATE TABLE script_tracking.stray (id int)")
    installed.execute(
        "DO $$BEGIN PERFORM script_tracking.ensure_partitions(6); CREATE TABLE script_tracking.other (id int); END$$"
    )
    by_hand = "SELECT affected_objects FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO' ORDER BY 1"
    assert installed.rows(by_hand) == [(["script_tracking.other"],), (["script_tracking.stray"],)]


def test_rows_without_a_month_wait_in_the_default_and_move_when_it_comes(installed: Database) -> None:
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    for parent in ("script_execution_parent_l", "script_execution_s", "script_execution_h"):
        installed.execute(f"DROP TABLE script_tracking.{parent}_{_NOW:%Y_%m}")
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    installed.execute("CREATE TABLE no_month (id int)")
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_s_default") >= 1
    assert any(
        "this month's partition is missing" in finding.message for finding in schema.diagnose(installed)
    )
    before = names(installed)
    report = retention.maintain(installed)
    assert ("partitions", "done", "3 made") in report.tasks
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_s_default") == 0
    assert set(before) <= set(names(installed))
    assert schema.diagnose(installed) == []


@pytest.mark.every_server
def test_what_is_recorded_while_its_month_is_made_is_not_lost(
    installed: Database, installed_conninfo: str
) -> None:
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    for parent in ("script_execution_parent_l", "script_execution_s", "script_execution_h"):
        installed.execute(f"DROP TABLE script_tracking.{parent}_{_NOW:%Y_%m}")
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")
    with (
        psycopg.connect(installed_conninfo) as maintain,
        psycopg.connect(installed_conninfo, autocommit=True) as client,
        ThreadPoolExecutor() as pool,
    ):
        maintain.execute("SELECT script_tracking.maintain()")
        waiting = pool.submit(client.execute, "CREATE TABLE meanwhile (id int)")
        _wait_until_blocked(installed, client.info.backend_pid)
        maintain.commit()
        waiting.result()
    recorded = "SELECT count(*) FROM script_tracking.current_execution WHERE 'public.meanwhile' = ANY (affected_objects)"
    assert installed.value(recorded) == 1
    assert schema.diagnose(installed) == []


def _wait_until_blocked(database: Database, pid: int) -> None:
    while not database.value("SELECT cardinality(pg_blocking_pids(%(pid)s))", {"pid": pid}):
        time.sleep(0.01)


def test_rows_of_months_that_passed_without_a_partition_leave_the_default(installed: Database) -> None:
    past_execution(installed, "long ago", _month(5))
    assert any("rows wait" in finding.message for finding in schema.diagnose(installed))
    retention.maintain(installed)
    assert f"script_tracking.script_execution_s_{_month(5):%Y_%m}" in [
        row[0] for row in installed.rows(_PARTITIONS)
    ]
    assert schema.diagnose(installed) == []


def test_maintain_overlaps_safely(installed: Database, installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.maintain()")  # its transaction stays open
        report = retention.maintain(installed)
        command = run_dbtrack("maintain", "-d", installed_conninfo)
    assert report.tasks == [("maintain", "skipped", "another maintain is running")]
    assert (command.returncode, command.stderr.count("\n")) == (11, 1)


def test_maintain_does_not_wait_for_a_reader_of_the_default_partition(
    installed: Database, installed_conninfo: str
) -> None:
    last = installed.rows(_PARTITIONS)[-2][0]
    installed.execute(f"DROP TABLE {last}")
    with psycopg.connect(installed_conninfo) as reader:
        reader.execute("SELECT count(*) FROM script_tracking.script_execution_s")
        report = retention.maintain(installed)
    assert report.tasks[-1][:2] == ("partitions", "postponed")
    assert retention.maintain(installed).tasks[-1] == ("partitions", "done", "1 made")


def test_a_lock_that_is_held_for_a_moment_only_postpones_no_partition(
    installed: Database, installed_conninfo: str
) -> None:
    installed.execute(f"DROP TABLE {installed.rows(_PARTITIONS)[-2][0]}")
    with psycopg.connect(installed_conninfo) as reader:
        reader.execute("SELECT count(*) FROM script_tracking.script_execution_s")
        release = Timer(0.15, reader.rollback)
        release.start()
        report = retention.maintain(installed)
        release.join()
    assert ("partitions", "done", "1 made") in report.tasks


def test_locks_on_default_partitions_come_after_all_other_work(installed: Database) -> None:
    """Sealing takes seconds, and whoever closes an operation would wait for it."""
    installed.execute(f"DROP TABLE {installed.rows(_PARTITIONS)[-2][0]}")
    assert [task for task, _, _ in retention.maintain(installed).tasks][-2:] == ["seal", "partitions"]


def test_a_bound_operation_is_abandoned_once_its_connection_is_gone(
    installed: Database, installed_conninfo: str
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as wrapper:
        wrapper.execute("SELECT script_tracking.track_operation('bound', bound_to_connection => true)")
        wrapper.execute("SELECT script_tracking.track_operation('free')")
        pid = wrapper.info.backend_pid
        retention.maintain(installed)
        statuses = "SELECT script_name, execution_status, execution_duration_ms FROM script_tracking.current_execution ORDER BY 1"
        assert installed.rows(statuses) == [("bound", "RUNNING", None), ("free", "RUNNING", None)]
    _wait_until_gone(installed, pid)
    retention.maintain(installed)
    assert installed.rows(statuses) == [("bound", "ABANDONED", None), ("free", "RUNNING", None)]


def test_who_opened_it_may_still_say_how_an_abandoned_operation_ended(
    installed: Database, installed_conninfo: str
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as wrapper:
        wrapper.execute("SELECT script_tracking.track_operation('cut off', bound_to_connection => true)")
        pid = wrapper.info.backend_pid
    _wait_until_gone(installed, pid)
    retention.maintain(installed)
    close = "SELECT script_tracking.complete_operation(script_execution_hk) FROM script_tracking.script_execution_h"
    assert [installed.value(close), installed.value(close)] == [True, False]
    statuses = "SELECT execution_status FROM script_tracking.script_execution_s ORDER BY version_number"
    assert installed.rows(statuses) == [("RUNNING",), ("ABANDONED",), ("COMPLETED",)]
    assert installed.value(
        "SELECT error_message IS NULL AND execution_duration_ms >= 0 FROM script_tracking.current_execution"
    )


@pytest.mark.every_server
def test_cleanup_removes_what_is_older_and_records_that_it_did(installed: Database) -> None:
    past_execution(installed, "old", _NOW - timedelta(days=100))
    past_execution(installed, "young", _NOW - timedelta(days=80))
    assert retention.cleanup(installed, days=90, dry_run=True).executions == 1
    assert names(installed) == ["old", "young"]
    assert retention.cleanup(installed, days=90).executions == 1
    assert names(installed) == ["dbtrack cleanup", "young"]
    assert _removed(installed) == "1"


def test_cleanup_spares_what_is_still_running(installed: Database) -> None:
    month = _month(5)
    make_month(installed, month)
    past_execution(installed, "still running", month + timedelta(days=3), running=True)
    past_execution(installed, "done", month + timedelta(days=4))
    report = retention.cleanup(installed, days=60)
    assert (report.executions, report.months) == (1, [])
    assert "still running" in names(installed)
    assert "done" not in names(installed)


@pytest.mark.every_server
def test_cleanup_drops_whole_months_with_their_late_versions(installed: Database) -> None:
    old, next_month = _month(6), _month(5)
    make_month(installed, old)
    make_month(installed, next_month)
    past_execution(installed, "within", old + timedelta(days=2))
    past_execution(
        installed, "across", next_month - timedelta(hours=1), ended=next_month + timedelta(hours=1)
    )
    past_execution(installed, "later", next_month + timedelta(days=5))
    days = (_NOW - next_month).days
    report = retention.cleanup(installed, days=days)
    assert report.months == [f"{old:%Y_%m}"]
    assert report.executions == 2
    assert "later" in names(installed)
    assert "across" not in names(installed)
    assert schema.diagnose(installed) == []


def test_a_month_in_use_is_left_to_the_next_cleanup(installed: Database, installed_conninfo: str) -> None:
    month = _month(6)
    make_month(installed, month)
    key = past_execution(installed, "old", month + timedelta(days=2), running=True)
    installed.execute(
        "DELETE FROM script_tracking.open_execution WHERE script_execution_hk = %(key)s", {"key": key}
    )
    with psycopg.connect(installed_conninfo) as migration:
        migration.execute(
            "CREATE TABLE long_migration (id int)"
        )  # holds a lock on the tables until it commits
        report = retention.cleanup(installed, days=60)
        assert report.postponed == [f"{month:%Y_%m}"]
    assert retention.cleanup(installed, days=60).months == [f"{month:%Y_%m}"]


def test_two_cleanups_never_overlap(installed: Database, installed_conninfo: str) -> None:
    past_execution(installed, "old", _NOW - timedelta(days=100))
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.cleanup_step(now() - interval '90 days', 10)")
        with pytest.raises(LockedError, match="another cleanup is running"):
            retention.cleanup(installed, days=90)


@pytest.mark.parametrize("days", [0, -1, 40_000])
def test_days_that_make_no_sense_remove_nothing(installed: Database, days: int) -> None:
    past_execution(installed, "old", _NOW - timedelta(days=400))
    with pytest.raises(UsageError, match="1 to 36500"):
        retention.cleanup(installed, days=days)
    assert names(installed) == ["old"]


_LOCK_WATCH = """
CREATE OR REPLACE FUNCTION script_tracking.open_rollup_gap(p_first timestamptz, p_last timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_first IS NOT NULL AND EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'AccessExclusiveLock'
            AND relation = 'script_tracking.script_execution_h'::regclass) THEN
        RAISE EXCEPTION 'everybody waits meanwhile';
    END IF;
END $$
"""


def test_the_sql_function_has_everybody_wait_only_while_it_drops(installed: Database) -> None:
    for ago in (5, 6):
        make_month(installed, _month(ago))
        past_execution(installed, f"old {ago}", _month(ago) + timedelta(days=2))
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    installed.execute(_LOCK_WATCH)
    assert installed.value("SELECT script_tracking.cleanup_old_data(90)") == 2
    assert installed.value(
        "SELECT metadata -> 'months_dropped' FROM script_tracking.current_execution WHERE script_name = 'dbtrack cleanup'"
    ) == [f"{_month(6):%Y_%m}", f"{_month(5):%Y_%m}"]


def test_the_sql_function_does_the_same_in_one_call(installed: Database) -> None:
    past_execution(installed, "old", _NOW - timedelta(days=400))
    assert installed.value("SELECT script_tracking.cleanup_old_data()") == 1
    assert names(installed) == ["dbtrack cleanup"]


def test_periodic_work_is_for_administrators(installed_conninfo: str, role: RoleFactory) -> None:
    for group, allowed in (("dbtrack_operator", False), ("dbtrack_admin", True)):
        with psycopg.connect(
            installed_conninfo, user=role("cron", member_of=(group,)), autocommit=True
        ) as connection:
            if allowed:
                assert retention.maintain(Database.wrap(connection)).tasks
                assert retention.cleanup(Database.wrap(connection), days=30).executions == 0
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute("SELECT script_tracking.maintain()")


def test_receipts_of_the_spool_are_kept_for_a_year(installed: Database) -> None:
    installed.execute(
        "INSERT INTO script_tracking.spool_receipt SELECT gen_random_uuid(), clock_timestamp() - age::interval"
        " FROM unnest('{367 days,364 days,0}'::text[]) AS age"
    )
    assert ("receipts", "done", "1 removed") in retention.maintain(installed).tasks
    assert installed.value("SELECT count(*) FROM script_tracking.spool_receipt") == 2


@pytest.mark.every_server
@pytest.mark.parametrize(
    "how",
    [
        "DROP TABLE script_tracking.{0}",
        "ALTER TABLE script_tracking.{1} DETACH PARTITION script_tracking.{0}",
    ],
)
@pytest.mark.parametrize("repair", ["maintain", "install"])
def test_one_command_brings_back_the_partitions_without_which_nothing_is_recorded(
    installed: Database, how: str, repair: str
) -> None:
    installed.execute("SELECT script_tracking.track_operation('before')")
    for parent in ("script_execution_parent_l", "script_execution_s", "script_execution_h", "seal_leaf"):
        for partition in (f"{parent}_{_NOW:%Y_%m}", f"{parent}_default"):
            installed.execute(how.format(partition, parent))
    with pytest.raises(DbtrackError, match="no partition of relation"):
        installed.execute("SELECT script_tracking.track_operation('lost')")
    found = {finding.subject: finding for finding in schema.diagnose(installed)}
    month = found[f"script_tracking.script_execution_s_{_NOW:%Y_%m}"]
    assert (month.severity, month.remedy_sql) == ("CRITICAL", "dbtrack install")
    assert "nothing can be recorded" in month.message
    assert "script_tracking.script_execution_s_default" in found
    if repair == "install":
        # A DDL that cannot be recorded is refused, that of maintain among them.
        installed.execute(
            "UPDATE script_tracking.setting SET setting_value = 'block' WHERE setting_name = 'capture.on_error'"
        )
    if repair == "maintain":
        assert retention.maintain(installed).failures == []
    else:
        schema.install(installed)
    installed.execute("SELECT script_tracking.track_operation('after')")
    kept = ["after", "before"] if "DETACH" in how else ["after"]
    assert [name for name in names(installed) if name in ("before", "after", "lost")] == kept
    subjects = [finding.subject for finding in schema.diagnose(installed)]
    assert [subject for subject in subjects if subject.startswith("script_tracking.")] == []


def test_the_doctor_sees_rows_between_two_months(installed: Database) -> None:
    past_execution(installed, "old", _month(5) + timedelta(days=1))
    make_month(installed, _month(7))
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_s_default") == 1
    assert [finding.message for finding in schema.diagnose(installed) if "_default" in finding.subject] == [
        "rows wait in the default partition"
    ]


@pytest.mark.every_server
def test_a_type_and_a_tenant_are_kept_for_longer(installed: Database) -> None:
    for month in (_month(4), _month(3)):
        make_month(installed, month)
    old, older = _month(3) + timedelta(days=2), _month(4) + timedelta(days=2)
    tenants.add_tenant(installed, "acme")
    for name in ("kept type", "kept tenant", "other"):
        past_execution(installed, name, old)
    past_execution(installed, "kept late", older, ended=old)
    past_execution(installed, "too old", _NOW - timedelta(days=400))
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET script_type = 'MIGRATION'"
        " WHERE script_name IN ('kept type', 'kept late', 'too old')"
    )
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET tenant_hk = script_tracking.resolve_tenant('acme')"
        " WHERE script_name = 'kept tenant'"
    )
    settings.set_setting(installed, "retention.type.MIGRATION", "365")
    settings.set_setting(installed, "retention.tenant.acme", "365")
    assert retention.cleanup(installed, days=30, dry_run=True).executions == 2
    done = retention.cleanup(installed, days=30)
    assert (done.executions, done.months) == (2, [])
    made = ("kept type", "kept tenant", "kept late", "other", "too old")
    kept = {name for name in names(installed) if name in made}
    assert kept == {"kept type", "kept tenant", "kept late"}
    versions = "SELECT count(*) FROM script_tracking.script_execution_s WHERE script_name = 'kept late'"
    assert installed.value(versions) == 2
    settings.reset_setting(installed, "retention.type.MIGRATION")
    settings.reset_setting(installed, "retention.tenant.acme")
    done = retention.cleanup(installed, days=30)
    assert (done.executions, len(done.months)) == (3, 2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("retention.type.MIGRATION", "0", "a whole number from 1 to 36500"),
        ("retention.type.MIGRATION", "long", "a whole number from 1 to 36500"),
        ("retention.tenant.nobody", "10", "list them with: dbtrack tenant list"),
        (f"retention.type.{'x' * 50}", "10", "46 characters"),
        ("retention.type.", "10", "list them with: dbtrack settings"),
    ],
)
def test_a_retention_that_makes_no_sense_is_refused(
    installed: Database, name: str, value: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        settings.set_setting(installed, name, value)
    assert message in str(caught.value.hint)
    assert installed.rows("SELECT * FROM script_tracking.retention_rules()") == []
