"""Conditions on a real server: every source has the columns it says, and no condition does harm."""

from __future__ import annotations

from typing import Any

import pytest

from dbtrack.columns import Kind
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.notify.alerts import evaluate_alerts, manage
from dbtrack.notify.alerts.alert import read_alerts
from dbtrack.notify.alerts.evaluate import matches_now
from dbtrack.notify.alerts.ready import READY
from dbtrack.notify.alerts.sources import SOURCES
from dbtrack.notify.alerts.words import ExpressionError
from tests.support.alerting import add, ended, evaluated, notices, told

pytestmark = pytest.mark.any_server

_TRIED = {
    Kind.TIME: "{} > 1d ago",
    Kind.BOOLEAN: "{}",
    Kind.LIST: "{} like '%'",
    Kind.JSON: "{} is not null",
}
_NUMBERS = (Kind.COUNT, Kind.NUMBER, Kind.RATIO, Kind.DURATION_MS, Kind.BYTES, Kind.METRIC)


def test_each_column_of_each_source_can_be_compared(installed: Database) -> None:
    key = installed.call_value("track_operation", script_name="running")
    for number in range(6):
        ended(installed, f"x{number}", failed=number % 2 == 0)
    installed.execute("CREATE TABLE t (id int)")
    names = []
    for source in SOURCES.values():
        for column in source.columns:
            form = "{} > 0" if column.kind in _NUMBERS else _TRIED.get(column.kind, "{} > ''")
            name = f"{source.name}-{column.name}".replace("_", "-")
            condition = f"{form} and {form} or {column.name} is null".replace("{}", column.name)
            add(installed, name, source.name, condition)
            names.append(name)
    installed.call("complete_operation", execution_hk=key)
    installed.call("record_notice", p_type="capture.failed", p_subject="s", p_tenant_hk=None, p_data="{}")
    found = evaluate_alerts(installed)
    assert found.failures == {}
    fired = {change.alert for change in found.changes}
    assert {name.partition("-")[0] for name in names} - {name.partition("-")[0] for name in fired} <= {
        "errors",
        "dashboard",
        "running",
        "anomalies",
    }
    for alert in read_alerts(installed):
        matches_now(installed, alert)


@pytest.mark.parametrize("name", sorted(READY))
def test_a_ready_alert_can_be_tried_in_an_empty_installation(installed: Database, name: str) -> None:
    manage.add_alert(installed, READY[name])
    (alert,) = read_alerts(installed, name)
    assert alert.definition == READY[name]
    assert matches_now(installed, alert).groups == {}


def test_a_regular_expression_is_the_servers(installed: Database) -> None:
    add(
        installed,
        "drops",
        "executions",
        r"sql_command ~* '\mdrop\s+table\M' and affected_objects ~ '^public\.'",
    )
    add(installed, "others", "executions", "script_name !~ '^(CREATE|DROP) ' and script_type = 'DDL_AUTO'")
    installed.execute("CREATE TABLE dropped (id int)")
    assert evaluated(installed) == []
    installed.execute("DROP  TABLE dropped")
    assert evaluated(installed) == [("drops", "", "fired", 1)]


def test_a_pattern_that_the_server_cannot_read_is_refused(installed: Database) -> None:
    with pytest.raises(ExpressionError, match="invalid regular expression") as caught:
        add(installed, "bad", "executions", "script_name ~ '(a'")
    assert caught.value.excerpt == "  script_name ~ '(a'\n                ^"
    assert read_alerts(installed) == []


def test_a_pattern_that_takes_long_costs_only_its_alert(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(installed, "good", "executions", "script_name like 'aaaa%'")
    add(installed, "slow", "executions", r"script_name ~ '^(a+)(a+)(a+)(a+)(a+)(a+)b\1\2\3\4\5\6$'")
    ended(installed, "a" * 100 + "b" + "a" * 99)
    monkeypatch.setattr("dbtrack.notify.alerts.evaluate._LONGEST_STATEMENT", "2s")
    found = evaluate_alerts(installed)
    assert [(change.alert, change.change) for change in found.changes] == [("good", "fired")]
    assert list(found.failures) == ["slow"]
    states = {row[0]: row[3] for row in manage.list_states(installed)}
    assert states == {"good": "FIRING", "slow": "FAILED"}
    assert "timeout" in str(manage.list_states(installed, "slow")[0][-1])


def test_an_alert_that_can_be_evaluated_again_has_no_failure(installed: Database) -> None:
    add(installed, "failed", "errors", "script_type = 'JOB'")
    installed.execute("UPDATE script_tracking.alert SET condition = 'gone = 1'")
    ended(installed, "a", "JOB", failed=True)
    assert evaluate_alerts(installed).failures == {
        "failed": "errors has no column 'gone' (its columns: "
        + ", ".join(column.name for column in SOURCES["errors"].columns)
        + ")"
    }
    installed.execute("UPDATE script_tracking.alert SET condition = 'script_type = ''JOB'''")
    ended(installed, "b", "JOB", failed=True)
    assert evaluated(installed) == [("failed", "", "fired", 1)]
    assert manage.list_states(installed)[0][3] == "FIRING"


def test_an_evaluation_reads_only(installed: Database) -> None:
    """Not even a function that a report calls can write while its rows are read."""
    add(installed, "health", "health", "health_metric = 'capture_enabled'")
    installed.execute(
        "CREATE OR REPLACE FUNCTION script_tracking.get_capture_health() RETURNS TABLE (health_category text, "
        "health_metric text, current_status text, details text) LANGUAGE plpgsql VOLATILE AS $$ BEGIN "
        "DELETE FROM script_tracking.tenant_h; RETURN; END $$"
    )
    found = evaluate_alerts(installed)
    assert "read-only" in found.failures["health"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"report": "nothing"}, "no alert can be about 'nothing'"),
        (
            {"report": "health", "condition": "details like '%'", "group_by": "user"},
            "cannot be grouped by user",
        ),
        ({"tenant": "nobody"}, 'there is no tenant "nobody"'),
        ({"name": "Bad Name"}, "cannot name an alert"),
    ],
)
def test_what_cannot_be_an_alert_is_refused(installed: Database, more: dict[str, Any], message: str) -> None:
    given = {"name": "a", "report": "errors", "condition": "script_type = 'JOB'"} | more
    with pytest.raises(UsageError, match=message):
        add(installed, **given)
    assert read_alerts(installed) == []


def test_a_name_is_given_once(installed: Database) -> None:
    add(installed, "a", "errors", "script_type = 'JOB'")
    with pytest.raises(UsageError, match='there is an alert "a" already'):
        add(installed, "a", "errors", "script_type = 'JOB'")


def test_no_secret_of_a_statement_is_in_a_notice(installed: Database, role: Any) -> None:
    add(installed, "ddl", "executions", "script_type = 'DDL_AUTO'")
    installed.execute("CREATE TABLE t (id int)")
    installed.execute("COMMENT ON TABLE t IS 'x'")
    installed.execute(
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password 'hush-hush')"
    )
    evaluated(installed)
    assert len(told(installed)) == 1
    assert "hush-hush" not in str(notices(installed))


@pytest.mark.parametrize("length", ["100000000 years", "-1 second"])
def test_a_time_that_no_evaluation_could_use_is_refused(installed: Database, length: str) -> None:
    with pytest.raises(UsageError, match="ten years"):
        installed.execute(
            "SELECT script_tracking.add_alert('a', 'executions', true, 'script_name is not null', 'info', NULL, NULL, 1,"
            f" '1 hour', '{length}', '0', NULL, false, NULL)"
        )
