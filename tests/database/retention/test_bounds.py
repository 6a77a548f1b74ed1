"""What must be kept is not removed, what may not be kept is, and where the two conflict that is said."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dbtrack import retention
from dbtrack.archive import cleanup as cleanup_into
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.evidence.framework_files import framework_files, read_framework
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.retention import asked_days
from dbtrack.proof.seal import seal
from dbtrack.schema import doctor
from dbtrack.schema.settings import reset_setting, set_setting
from dbtrack.tenants import tenants
from tests.support.command_line import run_dbtrack
from tests.support.history import make_month, names, past_execution
from tests.support.sealed import verified

_NOW = datetime.now(UTC)


def _past(
    database: Database, name: str, days: int, *, tenant: str | None = None, kind: str = "MANUAL"
) -> None:
    at = _NOW - timedelta(days=days)
    make_month(database, at)
    key = past_execution(database, name, at)
    for table in ("script_execution_h", "script_execution_s"):
        database.execute(
            f"UPDATE script_tracking.{table} SET tenant_hk = (SELECT tenant_hk FROM script_tracking.tenant_h"
            " WHERE tenant_bk = %(tenant)s) WHERE script_execution_hk = %(key)s",
            {"tenant": tenant, "key": key},
        )
    database.execute(
        "UPDATE script_tracking.script_execution_s SET script_type = %(kind)s WHERE script_execution_hk = %(key)s",
        {"kind": kind, "key": key},
    )


def _refusal(database: Database, days: int, *, is_archived: bool = False) -> str | None:
    try:
        retention.permit_cleanup(database, days, is_archived=is_archived)
    except UsageError as error:
        return f"{error.message}; {error.hint}"
    return None


def _ours(database: Database) -> list[str]:
    return [name for name in names(database) if re.fullmatch("[a-z]+[0-9]+", name)]


def test_the_periods_are_those_of_the_frameworks_files(installed: Database) -> None:
    files = {}
    for path in framework_files(None).values():
        framework = read_framework(path, MEASURES)
        at_once = re.search(r"latest (\d+mon) of them at once", framework.retention or "")
        files[framework.name] = (
            asked_days(framework.retention or "") or 0,
            (at_once and asked_days(at_once[1])) or 0,
        )
    rows = installed.rows(
        "SELECT framework, least_days, at_once_days FROM script_tracking.framework_periods()"
    )
    assert {name: tuple(days) for name, *days in rows} == files


def test_cleanup_removes_nothing_that_a_rule_asks_to_keep(
    installed_conninfo: str, installed: Database, tmp_path: Path
) -> None:
    tenants.add_tenant(installed, "clinic", "Clinic")
    _past(installed, "old100", 100)
    _past(installed, "old400", 400)
    assert _refusal(installed, 90) is None
    set_setting(installed, "evidence.in_force", "gdpr, pci")
    # Three months at once, twelve in all: an archive keeps, too.
    assert "pci 10.5.1 asks to keep executions for 365 days" in (_refusal(installed, 90) or "")
    assert "for 92 days in the database" in (_refusal(installed, 91, is_archived=True) or "")
    assert _refusal(installed, 92, is_archived=True) is None
    assert _refusal(installed, 365) is None
    refused = run_dbtrack("cleanup", "--days", "90", "-d", installed_conninfo)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--archive DIR, or run: dbtrack settings retention.days 365; or give --override" in refused.stderr
    with pytest.raises(UsageError, match=r"pci 10\.5\.1"):
        installed.value("SELECT script_tracking.cleanup_old_data(90)")
    assert _ours(installed) == ["old100", "old400"]
    # A tenant's own, beside those of the database; a longer setting of the tenant satisfies it.
    set_setting(installed, "evidence.in_force.clinic", "hipaa")
    assert "of the tenant clinic for 2190 days" in (_refusal(installed, 400) or "")
    set_setting(installed, "retention.tenant.clinic", "2190")
    assert _refusal(installed, 400) is None
    # One's own rules.
    set_setting(installed, "retention.least.type.MIGRATION", "3000")
    assert "of the type MIGRATION for 3000 days" in (_refusal(installed, 400) or "")
    assert _refusal(installed, 400, is_archived=True) is None
    for setting, value in (("evidence.in_force", "hippa"), ("evidence.in_force.clinic", "x"), ("retention.least_days", "x"),
                           ("retention.most.tenant.nobody", "5"), ("retention.least.type.A", "0")):  # fmt: skip
        with pytest.raises(UsageError):
            set_setting(installed, setting, value)
    reset_setting(installed, "retention.least.type.MIGRATION")
    # Where archives are required, nothing else will do.
    set_setting(installed, "retention.archive", "required")
    assert "requires an archive" in (_refusal(installed, 400) or "")
    report = cleanup_into(installed, tmp_path / "archive", days=200)
    assert (report.executions, _ours(installed)) == (1, ["old100"])
    # With a reason it is removed, and everybody can read why.
    done = run_dbtrack("cleanup", "--days", "90", "--override", "ticket 4711", "-d", installed_conninfo)
    assert (done.returncode, done.stderr, _ours(installed)) == (0, "", [])
    [(reason, rules)] = installed.rows(
        "SELECT metadata ->> 'reason', metadata ->> 'rules' FROM script_tracking.current_execution"
        " WHERE script_name = 'dbtrack override retention'"
    )
    assert reason == "ticket 4711"
    assert "pci 10.5.1" in rules
    assert "requires an archive" in rules


def test_what_may_not_be_kept_longer_is_removed_and_conflicts_are_told(
    installed_conninfo: str, installed: Database
) -> None:
    for tenant in ("clinic", "shop"):
        tenants.add_tenant(installed, tenant, tenant)
    set_setting(installed, "retention.tenant.shop", "300")
    set_setting(installed, "retention.most.tenant.shop", "30")
    set_setting(installed, "retention.most.type.REPORTING", "10")
    set_setting(installed, "retention.least.tenant.clinic", "60")
    _past(installed, "shop20", 20, tenant="shop")
    _past(installed, "shop40", 40, tenant="shop")
    _past(installed, "clinic40", 40, tenant="clinic")
    _past(installed, "report5", 5, kind="REPORTING")
    _past(installed, "report15", 15, kind="REPORTING")
    # The obligation to keep comes first.
    _past(installed, "clinicreport50", 50, tenant="clinic", kind="REPORTING")
    _past(installed, "clinicreport70", 70, tenant="clinic", kind="REPORTING")
    seal(installed)
    assert verified(installed_conninfo).findings == []
    assert retention.cleanup(installed, days=365, dry_run=True).executions == 3
    report = retention.cleanup(installed, days=365)
    assert report.executions == 3
    assert _ours(installed) == ["clinic40", "clinicreport50", "report5", "shop20"]
    told = [
        (
            "retention.most.tenant.shop allows executions of the tenant shop to be kept for 30 days: "
            "retention.tenant.shop does not keep them for 300"
        ),
        (
            "retention.most.type.REPORTING allows executions of the type REPORTING to be kept for 10 days, and "
            "retention.least.tenant.clinic asks for 60: they are kept"
        ),
    ]
    assert report.conflicts == told
    assert [finding.message for finding in doctor.diagnose(installed)] == told
    # Each removal is covered by a record with its own cutoff.
    seal(installed)
    assert verified(installed_conninfo).findings == []
    assert retention.cleanup(installed, days=365).executions == 0
