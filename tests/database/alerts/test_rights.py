"""Administrators alone manage alerts; a tenant's reader sees the states of its tenants, and no others."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, PermissionDeniedError
from dbtrack.notify.alerts import evaluate_alerts, manage
from tests.support.alerting import add, ended, evaluated
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

TABLES = ("alert", "alert_state", "alert_cursor")


@pytest.fixture
def administrator(tenancy: Tenancy) -> Database:
    """A superuser, after each tenant's operation failed under an alert for all and one for acme."""
    database = Database.wrap(tenancy.superuser)
    add(database, "failed", "errors", "script_type = 'MANUAL'", group_by="tenant")
    add(database, "of-acme", "errors", "script_type = 'MANUAL'", tenant="acme")
    for tenant in ("acme", "globex"):
        with tenancy.connect(tenancy.logins[tenant]) as connection:
            ended(Database.wrap(connection), f"of {tenant}", failed=True)
    ended(database, "of the platform", failed=True)
    assert evaluated(database) == [
        ("failed", "", "fired", 1),
        ("failed", "acme", "fired", 1),
        ("failed", "globex", "fired", 1),
        ("of-acme", "", "fired", 1),
    ]
    return database


def test_a_reader_sees_the_states_of_its_tenants(tenancy: Tenancy, administrator: Database) -> None:
    assert len(manage.list_states(administrator)) == 4
    for tenant, seen in (
        ("acme", [("failed", "acme", "FIRING"), ("of-acme", None, "FIRING")]),
        ("globex", [("failed", "globex", "FIRING")]),
    ):
        with tenancy.connect(tenancy.logins[tenant]) as connection:
            rows = manage.list_states(Database.wrap(connection))
            assert [(row[0], row[1], row[3]) for row in rows] == seen
            assert {row[9] for row in rows} == {tenant}
            owners = connection.execute(
                "SELECT DISTINCT h.tenant_bk FROM script_tracking.alert_state AS s JOIN script_tracking.tenant_h AS h USING (tenant_hk)"
            ).fetchall()
            assert owners == [(tenant,)]
    with tenancy.connect(tenancy.service) as connection:
        assert manage.list_states(Database.wrap(connection)) == []


def test_a_notice_belongs_to_the_tenant_of_its_group(tenancy: Tenancy, administrator: Database) -> None:
    for tenant, count in (("acme", 2), ("globex", 1)):
        with tenancy.connect(tenancy.logins[tenant]) as connection:
            seen = connection.execute("SELECT notice_data ->> 'group' FROM script_tracking.notice").fetchall()
            assert len(seen) == count
    assert len(manage.list_notices(administrator, "failed")) == 3


def test_an_operator_changes_nothing(tenancy: Tenancy, administrator: Database) -> None:
    with tenancy.acme() as connection:
        acme = Database.wrap(connection)
        for attempt in (
            lambda: add(acme, "mine", "errors", "script_type = 'MANUAL'"),
            lambda: manage.remove_alert(acme, "of-acme"),
            lambda: manage.silence_alert(acme, None, timedelta(hours=1), "quiet"),
            lambda: evaluate_alerts(acme),
            lambda: acme.call("advance_alert", p_name="of-acme", p_groups="[]"),
            lambda: acme.call("note_capture_failures"),
            lambda: acme.execute("UPDATE script_tracking.alert SET condition = 'x'"),
            lambda: acme.execute("DELETE FROM script_tracking.alert_state"),
            lambda: acme.rows("SELECT * FROM script_tracking.alert_cursor"),
        ):
            with pytest.raises(PermissionDeniedError):
                attempt()
    assert len(manage.list_states(administrator)) == 4


def test_an_administrator_needs_no_superuser(
    tenancy: Tenancy, administrator: Database, role: RoleFactory
) -> None:
    login = role("keeper", member_of=("dbtrack_admin",))
    with tenancy.connect(login) as connection:
        keeper = Database.wrap(connection)
        add(keeper, "ddl", "executions", "script_type = 'DDL_AUTO'")
        for source in ("running", "signals", "health", "dashboard", "performance", "notices", "error_causes"):
            add(keeper, source.replace("_", "-"), source, _A_CONDITION[source])
        administrator.execute("CREATE TABLE seen (id int)")
        found = evaluate_alerts(keeper)
        assert found.failures == {}
        assert ("ddl", "fired") in [(change.alert, change.change) for change in found.changes]
        manage.silence_alert(keeper, None, timedelta(hours=1), "release")
        manage.remove_alert(keeper, "ddl")
    accesses = administrator.rows(
        "SELECT a.report_name FROM script_tracking.access_log AS a WHERE a.db_session_user = %(login)s",
        {"login": login},
    )
    assert accesses == []  # nobody looked: what was found is in the notices


_A_CONDITION = {
    "running": "running_ms > 1h",
    "signals": "value > 1000d",
    "health": "current_status = 'CRITICAL' and health_metric = 'x'",
    "dashboard": "metric_name = 'success_rate_24h' and metric_value > 101 %",
    "performance": "performance_rating = 'NONE'",
    "notices": "notice_type = 'x'",
    "error_causes": "occurrences > 1000",
}


def test_what_administrators_do_is_recorded(administrator: Database) -> None:
    manage.silence_alert(administrator, "failed", timedelta(hours=1), "release 4.2")
    manage.silence_alert(administrator, "failed", None, None)
    manage.remove_alert(administrator, "failed")
    evaluate_alerts(administrator)
    rows = administrator.rows(
        "SELECT s.script_name, s.metadata #>> '{administration,new,silence_reason}' "
        "FROM script_tracking.current_execution AS s WHERE s.script_name LIKE 'dbtrack alert%' ORDER BY s.version_number"
    )
    assert rows == [
        ("dbtrack alert add", None),
        ("dbtrack alert add", None),
        ("dbtrack alert silence", "release 4.2"),
        ("dbtrack alert unsilence", None),
        ("dbtrack alert remove", None),
    ]


def test_a_silence_has_a_limit(administrator: Database) -> None:
    for duration in (timedelta(days=400), timedelta(0), timedelta(seconds=-1)):
        with pytest.raises(DbtrackError, match="at most a year"):
            manage.silence_alert(administrator, None, duration, None)


def test_the_tables_are_closed_to_everybody_else(tenancy: Tenancy, role: RoleFactory) -> None:
    with tenancy.connect(role("somebody")) as connection:
        for table in TABLES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT FROM script_tracking.{table}".encode())


def test_an_alert_of_one_tenant_says_nothing_about_the_endpoints_of_others(tenancy: Tenancy) -> None:
    database = Database.wrap(tenancy.superuser)
    database.call("create_endpoint", p_name="globex-hook", p_kind="webhook", p_tenants=["globex"])
    database.call("pause_endpoint", p_name="globex-hook", p_reason="globex does not pay")
    add(database, "acme", "health", "current_status = 'WARNING' or details like '%pay%'", tenant="acme")
    add(database, "all", "health", "details like '%pay%'")
    assert ("all", "", "fired", 1) in evaluated(database)
    with tenancy.acme() as connection:
        kept = "SELECT (SELECT count(*) FROM script_tracking.notice AS n WHERE n::text LIKE '%pay%'),"
        states = "(SELECT count(*) FROM script_tracking.alert_state AS s WHERE s::text LIKE '%globex%')"
        assert connection.execute(f"{kept} {states}".encode()).fetchone() == (0, 0)
