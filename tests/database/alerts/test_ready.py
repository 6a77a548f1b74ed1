"""Each ready alert fires on what it is for, is quiet without it, and is resolved when it is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dbtrack import schema
from dbtrack.db import Database, Jsonb
from dbtrack.notify.alerts import manage
from dbtrack.notify.alerts.ready import READY
from dbtrack.retention import maintain
from dbtrack.suspension import resume, suspend
from tests.support.alerting import ended, evaluated, notices, pass_time, told
from tests.support.command_line import run_dbtrack
from tests.support.sealed import sealed

AN_AGE = "interval '2 days'"


def watch(database: Database, name: str) -> None:
    """Add a ready alert, which finds nothing."""
    manage.add_alert(database, READY[name])
    assert evaluated(database) == []


def fires(database: Database, name: str, group: str = "") -> dict[str, Any]:
    """Check that the alert fires once, and return the notice."""
    changes = evaluated(database)
    assert [change[:3] for change in changes] == [(name, group, "fired")]
    assert evaluated(database) == []
    kind, subject, data = notices(database)[-1]
    assert (kind, subject) == ("alert.fired", name)
    return data


def is_resolved(database: Database, name: str, **after: float) -> None:
    """Check that it is resolved after a time, and not at once."""
    assert evaluated(database) == []
    pass_time(database, **after or {"minutes": 5})
    assert [change[::2] for change in evaluated(database)] == [(name, "resolved")]
    assert told(database)[-1][0] == "alert.resolved"


def test_every_ready_alert_has_a_test() -> None:
    named = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert READY.keys() - named == set()


def test_migration_failed(installed: Database) -> None:
    watch(installed, "migration-failed")
    ended(installed, "v1", "MIGRATION")
    ended(installed, "report", failed=True)
    assert evaluated(installed) == []
    key = ended(installed, "v2", "MIGRATION", failed=True)
    data = fires(installed, "migration-failed")
    assert data["last"]["script_name"] == "v2"
    assert data["summary"] == "MIGRATION v2 FAILED: it broke (by postgres)"
    assert (data["last"]["error_message"], data["next_step"]) == (
        "it broke",
        f"dbtrack show {key.hex()[:12]}",
    )
    pass_time(installed, hours=1)
    is_resolved(installed, "migration-failed")


def test_success_rate(installed: Database) -> None:
    watch(installed, "success-rate")
    for number in range(4):
        ended(installed, f"fine {number}")
    assert evaluated(installed) == []
    ended(installed, "broken", failed=True)
    data = fires(installed, "success-rate")
    assert (data["last"]["value"], data["last"]["sample"]) == (83.33, 6)  # with the addition of the alert
    for number in range(20):
        ended(installed, f"fine again {number}")
    is_resolved(installed, "success-rate")


def test_nothing_recorded(installed: Database) -> None:
    ended(installed, "a")
    watch(installed, "nothing-recorded")
    installed.execute(f"UPDATE script_tracking.script_execution_s SET load_date = load_date - {AN_AGE}")
    data = fires(installed, "nothing-recorded")
    assert data["last"]["value"] >= 2 * 86400
    ended(installed, "b")
    is_resolved(installed, "nothing-recorded")


def test_slow_operation(installed: Database) -> None:
    for number in range(5):
        ended(installed, f"nightly {number}", "BACKUP")
    installed.execute(
        f"UPDATE script_tracking.script_execution_s SET execution_timestamp = execution_timestamp - {AN_AGE}"
    )
    key = installed.call_value("track_operation", script_name="nightly", script_type="BACKUP")
    watch(installed, "slow-operation")
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET execution_timestamp = execution_timestamp - interval '1 hour' "
        "WHERE execution_status = 'RUNNING'"
    )
    data = fires(installed, "slow-operation", "nightly")
    assert data["last"]["running_ms"] > 3_600_000 > data["last"]["usual_ms"]
    installed.call("complete_operation", execution_hk=key)
    is_resolved(installed, "slow-operation")


def unrecorded(database: Database, *statements: str) -> None:
    """Run statements while capture is off, and compare the catalogs."""
    schema.reconcile(database)
    database.call("set_setting", setting_name="capture.enabled", setting_value="off")
    for statement in statements:
        database.execute(statement)
    database.call("set_setting", setting_name="capture.enabled", setting_value="on")
    schema.reconcile(database)


def test_unattributed_change(installed: Database) -> None:
    installed.execute("CREATE TABLE invoice (id int)")
    watch(installed, "unattributed-change")
    installed.execute("ALTER TABLE invoice ADD COLUMN paid bool")
    assert evaluated(installed) == []
    unrecorded(installed, "ALTER TABLE invoice DROP COLUMN paid")
    data = fires(installed, "unattributed-change")
    assert (data["last"]["affected_objects"], data["last"]["change"]) == (["public.invoice"], "changed")
    pass_time(installed, hours=1)
    is_resolved(installed, "unattributed-change")


def test_superuser_right(installed: Database, role: Any) -> None:
    clerk, boss = role("clerk"), role("boss", login=False)
    watch(installed, "superuser-right")
    unrecorded(installed, f"GRANT {boss} TO {clerk}", f"ALTER ROLE {clerk} CREATEDB")
    assert evaluated(installed) == []
    unrecorded(installed, f"ALTER ROLE {clerk} SUPERUSER", f"GRANT pg_execute_server_program TO {clerk}")
    data = fires(installed, "superuser-right")
    assert data["last"]["gained_rights"] == ["SUPERUSER", "member of pg_execute_server_program"]
    assert data["last"]["affected_objects"] == [clerk]
    assert data["summary"].startswith(
        f"UNATTRIBUTED role changed {clerk} SUPERUSER, member of pg_execute_server_program"
    )
    pass_time(installed, hours=1)
    is_resolved(installed, "superuser-right")


@pytest.mark.parametrize(
    ("statement", "rights"),
    [
        ("ALTER ROLE x SUPERUSER", ["SUPERUSER"]),
        ("alter user x with\n createrole password '?' replication", ["CREATEROLE", "REPLICATION"]),
        ("CREATE ROLE x LOGIN BYPASSRLS", ["BYPASSRLS"]),
        ("ALTER ROLE x NOSUPERUSER", None),
        ("ALTER ROLE superuser LOGIN", None),
        ('ALTER ROLE "a superuser" LOGIN', None),
        ("ALTER ROLE x PASSWORD 'superuser'", None),
        ("ALTER ROLE x SET search_path TO public", None),
    ],
)
def test_rights_that_a_statement_gives(installed: Database, statement: str, rights: list[str] | None) -> None:
    words = " ".join(statement.upper().split()[:2])
    assert (
        installed.call_value("gained_rights", p_script_name=words, p_statement=statement, p_metadata=None)
        == rights
    )


@pytest.mark.parametrize(
    ("name", "granted", "rights"),
    [
        ("GRANT ROLE", "pg_write_server_files", ["member of pg_write_server_files"]),
        ("GRANT ROLE", "dbtrack_owner", ["member of dbtrack_owner"]),
        ("GRANT ROLE", "postgres", ["member of postgres"]),
        ("GRANT ROLE", "pg_monitor", None),
        ("REVOKE ROLE", "pg_write_server_files", None),
    ],
)
def test_roles_that_give_rights(
    installed: Database, name: str, granted: str, rights: list[str] | None
) -> None:
    entry = f'{{"privileges": [{{"object": "{granted}", "object_type": "role", "grantee": "x"}}]}}'
    found = installed.value(
        "SELECT script_tracking.gained_rights(%(name)s, 'GRANT', %(metadata)s::jsonb)",
        {"name": name, "metadata": entry},
    )
    assert found == rights


def test_verification_failed(installed: Database, installed_conninfo: str) -> None:
    watch(installed, "verification-failed")
    sealed(installed)
    assert run_dbtrack("verify", "-d", installed_conninfo).returncode == 0
    assert evaluated(installed) == []
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET db_session_user = 'nobody' WHERE script_name = 'run 1'"
    )
    assert run_dbtrack("verify", "-d", installed_conninfo).returncode == 3
    data = fires(installed, "verification-failed")
    assert data["last"]["notice_type"] == "verification.failed"
    notice = next(data for kind, _subject, data in notices(installed) if kind == "verification.failed")
    assert (notice["findings_by_kind"], notice["next_step"]) == (
        {"altered": notice["count"]},
        "dbtrack verify",
    )
    pass_time(installed, days=1)
    is_resolved(installed, "verification-failed")


def test_capture_failing(installed: Database) -> None:
    installed.call("capture_failed", p_command_tag="EARLIER", p_sqlstate="XX000", p_message="boom")
    maintain(installed)
    watch(installed, "capture-failing")
    for number in range(3):
        installed.call(
            "capture_failed", p_command_tag="CREATE TABLE", p_sqlstate="XX000", p_message=f"boom {number}"
        )
    fires(installed, "capture-failing")
    maintain(installed)
    earlier, failed = (data for kind, _subject, data in notices(installed) if kind == "capture.failed")
    assert (earlier["count"], failed["count"], failed["total"]) == (1, 3, 4)
    assert [each["error"] for each in failed["failures"]] == ["boom 0", "boom 1", "boom 2"]
    pass_time(installed, hours=1)
    is_resolved(installed, "capture-failing")


def test_capture_off(installed: Database) -> None:
    watch(installed, "capture-off")
    installed.call("set_setting", setting_name="capture.enabled", setting_value="off")
    data = fires(installed, "capture-off")
    assert (data["first"]["health_metric"], data["next_step"]) == ("capture_enabled", "dbtrack health")
    installed.call("set_setting", setting_name="capture.enabled", setting_value="on")
    is_resolved(installed, "capture-off")


def test_rollup_lag(installed: Database) -> None:
    maintain(installed)
    watch(installed, "rollup-lag")
    installed.execute(f"UPDATE script_tracking.rollup_state SET advanced_at = advanced_at - {AN_AGE}")
    assert fires(installed, "rollup-lag")["last"]["value"] > 86400
    maintain(installed)
    is_resolved(installed, "rollup-lag")


def test_seal_lag(installed: Database) -> None:
    sealed(installed)
    watch(installed, "seal-lag")
    installed.execute(f"UPDATE script_tracking.seal_state SET last_run_at = last_run_at - {AN_AGE}")
    fires(installed, "seal-lag")
    maintain(installed)
    is_resolved(installed, "seal-lag")


def test_endpoint_lag(installed: Database) -> None:
    installed.call("create_endpoint", p_name="pager", p_kind="webhook")
    watch(installed, "endpoint-lag")
    ended(installed, "a")
    installed.execute(f"UPDATE script_tracking.script_execution_s SET load_date = load_date - {AN_AGE}")
    assert evaluated(installed) == [("endpoint-lag", "pager", "pending", 1)]
    pass_time(installed, minutes=5)
    assert fires(installed, "endpoint-lag", "pager")["last"]["value"] > 86400
    installed.call("drop_endpoint", p_name="pager")
    is_resolved(installed, "endpoint-lag")


def test_vault_source(installed: Database) -> None:
    watch(installed, "vault-source")
    installed.execute(
        "INSERT INTO script_tracking.vault_source (source_name, expected_seconds, last_seen_at) "
        "VALUES ('shop', 60, now() - interval '1 hour')"
    )
    assert "silent for" in fires(installed, "vault-source", "source shop")["last"]["details"]
    installed.execute("UPDATE script_tracking.vault_source SET last_seen_at = now() + interval '1 day'")
    is_resolved(installed, "vault-source")


def test_partitions_missing(installed: Database) -> None:
    watch(installed, "partitions-missing")
    for (name,) in installed.rows(
        "SELECT c.oid::regclass::text FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'script_tracking.script_execution_s'::regclass "
        "AND right(c.relname, 7) > to_char(now(), 'YYYY_MM') AND c.relname ~ '[0-9]$'"
    ):
        installed.execute(f"DROP TABLE {name}")
    data = fires(installed, "partitions-missing")
    assert data["last"]["details"] == "0 months ahead; run: dbtrack maintain"
    maintain(installed)
    is_resolved(installed, "partitions-missing")


def test_digest_not_leaving(installed: Database, installed_conninfo: str, tmp_path: Path) -> None:
    sealed(installed)
    watch(installed, "digest-not-leaving")
    words = ("digest", "-d", installed_conninfo, "--unsigned", "--to", str(tmp_path / "worm"))
    assert run_dbtrack(*words).returncode == 1
    assert "No such file" in fires(installed, "digest-not-leaving")["last"]["details"]
    (tmp_path / "worm").mkdir()
    assert run_dbtrack(*words).returncode == 0
    is_resolved(installed, "digest-not-leaving")


def _with_class(database: Database) -> None:
    database.execute("CREATE TABLE patients (ssn text); CREATE TABLE plain (x int)")
    database.execute("SELECT script_tracking.classify_object('patients.ssn', 'phi')")


def test_classified_changed(installed: Database) -> None:
    _with_class(installed)
    watch(installed, "classified-changed")
    installed.execute("ALTER TABLE plain ADD y int; GRANT SELECT ON patients TO PUBLIC")
    assert evaluated(installed) == []
    with installed.transaction():
        # A planned change, too.
        key = installed.value("SELECT script_tracking.track_operation('v2', 'MIGRATION')")
        installed.execute("SELECT set_config('dbtrack.execution', %(key)s, true)", {"key": key.hex()})
        installed.execute("ALTER TABLE patients ADD note text")
    data = fires(installed, "classified-changed")
    assert (data["last"]["classes"], data["last"]["affected_objects"]) == (["phi"], ["public.patients"])
    pass_time(installed, hours=1)
    is_resolved(installed, "classified-changed")


def test_classified_granted(installed: Database) -> None:
    _with_class(installed)
    watch(installed, "classified-granted")
    installed.execute("GRANT SELECT ON plain TO PUBLIC; ALTER TABLE patients ADD note text")
    assert evaluated(installed) == []
    installed.execute("GRANT SELECT (ssn) ON patients TO PUBLIC")
    data = fires(installed, "classified-granted")
    assert data["last"]["classes"] == ["phi"]
    pass_time(installed, hours=1)
    is_resolved(installed, "classified-granted")


def test_anomaly(installed: Database) -> None:
    # An administrator did something long ago, as the addition of the alert.
    installed.call("set_setting", setting_name="anomalies.per_week", setting_value="6")
    ended(installed, "long ago")
    installed.execute(
        f"UPDATE script_tracking.script_execution_s SET execution_timestamp = now() - 15 * {AN_AGE}"
    )
    watch(installed, "anomaly")
    ended(installed, "as usual")
    assert evaluated(installed) == []
    key = installed.call_value("track_operation", script_name="x", metadata=Jsonb({"agent": "robot"}))
    data = fires(installed, "anomaly")
    assert data["summary"] == "The agent robot was never seen before; 0.22 a week are usual"
    assert (data["last"]["measure"], data["next_step"]) == (
        "new_agent",
        f"dbtrack show {bytes(key).hex()[:12]}",
    )
    pass_time(installed, hours=1)
    is_resolved(installed, "anomaly")


def test_capture_suspended(installed: Database) -> None:
    watch(installed, "capture-suspended")
    suspend(installed, "blue/green", timedelta(hours=2))
    assert evaluated(installed) == []
    installed.execute(
        f"UPDATE script_tracking.suspension SET suspended_at = suspended_at - {AN_AGE}, expires_at = expires_at - {AN_AGE}"
    )
    fires(installed, "capture-suspended")
    resume(installed)
    is_resolved(installed, "capture-suspended")


def test_slot_retains_wal(installed: Database, installed_conninfo: str) -> None:
    watch(installed, "slot-retains-wal")
    installed.rows("SELECT pg_create_logical_replication_slot('of_shop', 'pgoutput')")
    try:
        assert evaluated(installed) == []
        # More than half of max_wal_size, which is 128 MB here, and nobody reads it.
        installed.rows(
            "SELECT count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) FROM generate_series(1, 70)"
        )
        details = fires(installed, "slot-retains-wal", "slot of_shop")["last"]["details"]
        assert details.startswith("nobody reads it")
        assert "no limit, so it can fill the disk" in details
        checked = run_dbtrack("doctor", "-d", installed_conninfo)
        assert (checked.returncode, "max_slot_wal_keep_size = '10GB'" in checked.stdout) == (3, True), (
            checked.stdout
        )
        sizes = installed.rows(
            "SELECT labels ->> 'slot', metric_value > 60e6 FROM script_tracking.get_metrics() "
            "WHERE metric_name = 'dbtrack_slot_retained_wal_bytes'"
        )
        assert sizes == [("of_shop", True)]
    finally:
        installed.rows("SELECT pg_drop_replication_slot('of_shop')")
    is_resolved(installed, "slot-retains-wal")


def test_subscription_stopped(installed: Database) -> None:
    watch(installed, "subscription-stopped")
    installed.execute(
        "CREATE SUBSCRIPTION of_shop CONNECTION 'host=/nonexistent' PUBLICATION p WITH (connect = false, slot_name = NONE)"
    )
    try:
        assert evaluated(installed) == [("subscription-stopped", "subscription of_shop", "pending", 1)]
        pass_time(installed, minutes=5)
        data = fires(installed, "subscription-stopped", "subscription of_shop")
        assert data["last"]["details"] == "is disabled; its slot at the publisher retains the log"
    finally:
        installed.execute("DROP SUBSCRIPTION of_shop")
    is_resolved(installed, "subscription-stopped")
