"""Retention by the class of what an execution changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dbtrack import archive, retention
from dbtrack.archive import month_snapshot
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.operations.classes import classify
from dbtrack.schema import doctor
from dbtrack.schema.settings import reset_setting, set_setting
from dbtrack.sql_files import query
from dbtrack.tenants import tenants
from tests.support.classified import within
from tests.support.command_line import run_dbtrack
from tests.support.history import make_month

_NOW = datetime.now(UTC)
_LEFT = """
SELECT coalesce(sql_command, script_name) FROM script_tracking.current_execution
WHERE script_name IN ('v1', 'dbtrack classify') OR sql_command ~ '^(CREATE|ALTER) TABLE' ORDER BY 1
"""


def _left(database: Database) -> list[str]:
    return [name for (name,) in database.rows(_LEFT)]


def _age(database: Database, days: int) -> None:
    """Move everything of the last day so many days into the past, before it is sealed."""
    make_month(database, _NOW - timedelta(days=days))
    ago = {"ago": timedelta(days=days)}
    for table, columns in (
        ("script_execution_h", ["load_date"]),
        ("script_execution_s", ["load_date", "load_end_date", "execution_timestamp"]),
        ("script_execution_parent_l", ["load_date"]),
        ("object_s", ["load_date"]),
        ("object_class_s", ["load_date"]),
    ):
        moved = ", ".join(f"{column} = {column} - %(ago)s" for column in columns)
        database.execute(
            f"UPDATE script_tracking.{table} SET {moved} WHERE load_date > now() - interval '1 day'", ago
        )


@pytest.fixture
def aged(installed: Database) -> Database:
    """A month long ago in which a classified table and another one were made and changed."""
    installed.execute("CREATE TABLE patients (id int, ssn text)")
    installed.execute("CREATE TABLE plain (x int)")
    classify(installed, "patients.ssn", "phi", "law")
    # The last version replaces the one before.
    changes = [f"ALTER TABLE patients ALTER ssn TYPE varchar({length})" for length in (11, 12, 13)]
    within(installed, "v1", "T-1", *changes, "ALTER TABLE plain ADD y int")
    installed.execute("ALTER TABLE plain ADD z int")
    _age(installed, 400)
    return installed


_KEPT = [
    "ALTER TABLE patients ALTER ssn TYPE varchar(11)",
    "ALTER TABLE patients ALTER ssn TYPE varchar(12)",
    "ALTER TABLE patients ALTER ssn TYPE varchar(13)",
    "CREATE TABLE patients (id int, ssn text)",
    "dbtrack classify",
    "v1",
]


def test_cleanup_keeps_what_changed_something_of_the_class(aged: Database) -> None:
    everything = retention.cleanup(aged, days=365, dry_run=True).executions
    set_setting(aged, "retention.least.class.phi", "2190")
    # By their versions it is known which executions these are.
    set_setting(aged, "retention.objects_days", "30")
    expected = retention.cleanup(aged, days=365, dry_run=True).executions
    assert expected == everything - len(_KEPT)
    # Nothing is refused: cleanup itself keeps them.
    report = retention.cleanup(aged, days=365)
    assert (report.executions, report.months, report.conflicts) == (expected, [], [])
    assert _left(aged) == _KEPT
    assert retention.cleanup(aged, days=365).executions == 0
    # What is dropped has had the class.
    aged.execute("DROP TABLE patients")
    assert retention.cleanup(aged, days=365).executions == 0
    # Shorter than its age: the month goes as a whole.
    set_setting(aged, "retention.least.class.phi", "380")
    report = retention.cleanup(aged, days=365)
    assert (report.executions, len(report.months), _left(aged)) == (len(_KEPT), 1, [])


def test_what_may_not_be_kept_goes_and_conflicts_are_told(aged: Database, installed_conninfo: str) -> None:
    tenants.add_tenant(aged, "clinic", "Clinic")
    aged.execute(
        "UPDATE script_tracking.script_execution_s SET tenant_hk = h.tenant_hk"
        " FROM script_tracking.tenant_h AS h WHERE execution_timestamp < now() - interval '1 day'"
    )
    for setting, value in (("retention.least.class.nix", "30"), ("retention.class.phi", "30"),
                           ("retention.most.class.phi", "0"), ("classes.review_every", "often")):  # fmt: skip
        with pytest.raises(UsageError):
            set_setting(aged, setting, value)
    set_setting(aged, "retention.least.class.phi", "2190")
    set_setting(aged, "retention.most.class.secret", "30")
    assert doctor.diagnose(aged) == []
    set_by = run_dbtrack("settings", "retention.most.tenant.clinic", "30", "-d", installed_conninfo)
    told = [
        (
            "retention.most.tenant.clinic allows executions of the tenant clinic to be kept for 30 days, and "
            "retention.least.class.phi asks for 2190: they are kept"
        )
    ]
    assert (set_by.returncode, set_by.stderr.count(told[0])) == (0, 1)
    again = run_dbtrack("settings", "retention.days", "400", "-d", installed_conninfo)
    assert (again.returncode, again.stderr) == (0, ""), "what was told before is not told again"
    expected = retention.cleanup(aged, days=1000, dry_run=True).executions
    report = retention.cleanup(aged, days=1000)
    assert (report.conflicts, report.executions, _left(aged)) == (told, expected, _KEPT)
    assert [finding.message for finding in doctor.diagnose(aged)] == told
    period = {"since": _NOW, "until": _NOW, "tenant": None}
    assert aged.rows(query("evidence/counts"), period)[0][2] == told[0]
    printed = run_dbtrack("cleanup", "--days", "1000", "-d", installed_conninfo)
    assert (printed.returncode, told[0] in printed.stderr) == (0, True)
    # Two classes contradict each other only where something has both.
    classify(aged, "patients.id", "secret")
    assert "the class secret to be kept for 30 days" in retention.cleanup(aged, days=1000).conflicts[0]
    reset_setting(aged, "retention.least.class.phi")
    reset_setting(aged, "retention.most.tenant.clinic")
    expected = retention.cleanup(aged, days=1000, dry_run=True).executions
    report = retention.cleanup(aged, days=1000)
    # The operation concerned other things, too; and the classification as phi is not of the class secret.
    assert (report.executions, report.conflicts) == (expected, [])
    assert _left(aged) == ["dbtrack classify", "dbtrack classify", "v1"]


def test_an_archive_leaves_out_what_a_class_keeps(
    aged: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    set_setting(aged, "retention.least.class.phi", "2190")
    cutoff = datetime.now(UTC) - timedelta(days=365)
    taken = month_snapshot.archive_months(aged, tmp_path, cutoff, lambda _: None)
    # An administrator without a superuser's rights reads the same.
    aged.execute("SET ROLE dbtrack_admin")
    [kept] = aged.rows(query("archive/kept"), {"cutoff": cutoff})
    aged.execute("RESET ROLE")
    assert (sorted(kept[2]), len(kept[2])) == (sorted(taken.classified), len(_KEPT))
    with aged.transaction():
        assert taken.lock_if_unchanged(aged)
    with psycopg.connect(installed_conninfo, autocommit=True) as other:
        other.execute("SELECT script_tracking.classify_object('patients.ssn', 'phi', is_removed => true)")
    # It is not in the archive, and nothing keeps it any more.
    with aged.transaction():
        assert not taken.lock_if_unchanged(aged)
    classify(aged, "patients.ssn", "phi", "again")
    report = archive.cleanup(aged, tmp_path, days=365)
    assert report.executions > 0
    assert [name for name in _left(aged) if name in _KEPT] == [*_KEPT[:4], *["dbtrack classify"] * 3, "v1"]
