"""Anomalies: each number is that of a plain query, what was planted is found, and nobody sees another's."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.notify.alerts import evaluate_alerts, manage
from dbtrack.notify.alerts.ready import READY
from dbtrack.schema import settings
from dbtrack.tenants import tenants
from tests.support.alerting import told
from tests.support.command_line import rows, run_dbtrack
from tests.support.servers import Sandbox
from tests.support.unusual import (
    DDL,
    KEPT,
    advance,
    found,
    kept,
    many,
    record,
    series_by_rows,
    usual_by_definition,
)

# On the oldest server CI runs those alone that are marked for every server.
pytestmark = pytest.mark.newest

_PAST = timedelta(weeks=8)
_KNOWN_SINCE = "SELECT min(first_at) FROM script_tracking.first_seen WHERE seen_kind = 'login'"
_INCIDENTS = (
    "SELECT occurred_at, score FROM script_tracking.anomaly_incidents(%(since)s, 'infinity', NULL) "
    "ORDER BY occurred_at, measure, subject, tenant_hk NULLS FIRST"
)
_JUDGED = "SELECT occurred_at, score, threshold FROM script_tracking.get_anomalies(since => %(since)s, is_all => %(all)s)"
_NEW_ADDRESSES = (
    "INSERT INTO script_tracking.first_seen (seen_kind, tenant_hk, db_session_user, subject, first_at, script_execution_hk) "
    "SELECT 'address', sha256('beta'), '', '192.0.2.' || n, now() - n * interval '4 days', '' FROM generate_series(1, 12) AS n"
)
# So many in one week that those which come later and are below them are not even looked up.
_NEW_APPLICATIONS = (
    "INSERT INTO script_tracking.first_seen (seen_kind, tenant_hk, db_session_user, subject, first_at, script_execution_hk) "
    "SELECT 'application', sha256('beta'), '', 'app-' || n, now() - interval '54 days' + n * interval '2 hours', '' "
    "FROM generate_series(1, 14) AS n"
)
_ACME_AND_PLATFORM = "SELECT count(*) FROM script_tracking.{} WHERE tenant_hk <> sha256('beta')"


@pytest.mark.every_server
def test_each_score_is_that_of_the_definition_and_none_is_missing(filled: Database) -> None:
    now = filled.value("SELECT date_trunc('hour', now(), 'UTC')")
    stored = {
        (hour, (measure, kind, bytes(tenant), subject)): [float(number) for number in numbers]
        for hour, measure, kind, tenant, subject, *numbers in filled.rows(KEPT[2])
        if measure != "waited_ms"
    }
    expected = {}
    for series, points in series_by_rows(filled).items():
        is_time = series[0] == "duration_ms"
        for hour, value in points.items():
            # Every hour since before what was planted; of the others, those that were stored.
            is_recent = now - timedelta(hours=84) <= hour < now
            usual = None
            if is_recent or (hour, series) in stored:
                usual = usual_by_definition(series[0], points, hour)
            if usual is None:
                continue
            mean, deviation = usual
            score = ((round(math.log(value), 6) if is_time else value) - mean) / deviation
            if score >= 3:
                expected[hour, series] = [value, math.exp(mean) if is_time else mean, deviation, score]
    assert stored.keys() == expected.keys()
    assert len(stored) > 10
    for place, numbers in stored.items():
        assert numbers == pytest.approx(expected[place], rel=1e-3, abs=0.006)


@pytest.mark.parametrize("per_week", [1, 2])
def test_each_threshold_is_that_of_the_definition(filled: Database, per_week: int) -> None:
    now = filled.value("SELECT now()")
    since, known = now - timedelta(days=40), filled.value(_KNOWN_SINCE)
    # Each is less unusual than those before, so that it counts once these are more than a week ago.
    filled.execute(_NEW_ADDRESSES)
    filled.execute(_NEW_APPLICATIONS)
    incidents = filled.rows(_INCIDENTS, {"since": since - _PAST})
    expected = {}
    told: list[tuple[datetime, Decimal]] = []
    for number, (moment, score) in enumerate(incidents):
        allowed = round(per_week * min(8, max(1, (moment - known) / timedelta(days=7))))
        past = sorted((s for at, s in incidents[:number] if moment - _PAST <= at < moment), reverse=True)
        week = sorted((s for at, s in told if at > moment - timedelta(days=7)), reverse=True)
        threshold = max([4, *past[allowed : allowed + 1], *week[per_week - 1 : per_week]])
        if score > threshold:
            told.append((moment, score))
        if moment >= since:
            expected[moment, score] = threshold
    settings.set_setting(filled, "anomalies.per_week", str(per_week))
    try:
        every, chosen = (
            {
                (at, score): threshold
                for at, score, threshold in filled.rows(_JUDGED, {"since": since, "all": is_all})
            }
            for is_all in (True, False)
        )
    finally:
        filled.execute("DELETE FROM script_tracking.first_seen WHERE script_execution_hk = ''")
        settings.set_setting(filled, "anomalies.per_week", "5")
        # The changes of the setting are recorded too.
        advance(filled)
    assert every == expected
    assert chosen == {place: threshold for place, threshold in expected.items() if place[1] > threshold}
    assert 0 < len(chosen) < len(every)
    assert max(expected.values()) > 4


def test_what_was_planted_is_found_once_each_with_why(filled: Database) -> None:
    now = filled.value("SELECT date_trunc('hour', now(), 'UTC')")
    ago = {int((now - row["occurred_at"]) / timedelta(hours=1) + 0.999): row for row in found(filled)}
    assert {hours: row["measure"] for hours, row in ago.items()} == {
        50: "operations",
        30: "failures",
        82: "duration_ms",
        40: "waited_ms",
        20: "new_login",
        12: "new_agent",
    }
    burst, failures, waits, login = ago[50], ago[30], ago[40], ago[20]
    assert (now - burst["last_at"], burst["tenant"]) == (timedelta(hours=49), "acme")
    # The second hour has the highest score, and the third a lower one.
    usual = filled.value(
        "SELECT avg(n) FROM (SELECT (SELECT count(*) FROM script_tracking.script_execution_s WHERE db_session_user = 'etl_acme' "
        "AND date_trunc('hour', execution_timestamp, 'UTC') = date_trunc('hour', now(), 'UTC') - interval '49 hours' "
        "- w * interval '7 days') FROM generate_series(1, 8) AS w) AS c (n)"
    )
    assert burst["usual"] == pytest.approx(float(usual), abs=0.001)
    assert burst["value"] == 60 + 3 + 49 * 13 % 3
    assert burst["score"] > burst["threshold"] >= 4
    assert burst["usual_low"] <= burst["usual"] <= burst["usual_high"] < burst["value"]
    assert burst["reason"].startswith(f"{burst['value']} operations of ")
    assert " in tenant acme; " in burst["reason"]
    assert failures["value"] >= 12
    # The log and dbtrack track saw the same wait.
    assert (waits["value"], waits["usual"]) == (400_000, 0)
    assert login["subject"] == "mallory"
    assert "never seen before in tenant acme; 0.06 a week are usual" in login["reason"]
    assert {"new_address 203.0.113.9", "new_login_command mallory ALTER TABLE"} <= set(login["others"])
    assert (
        filled.value(
            "SELECT db_session_user FROM script_tracking.script_execution_s WHERE script_execution_hk = %(key)s",
            {"key": login["execution_key"]},
        )
        == "mallory"
    )
    assert {row["measure"] for row in found(filled, measure="new")} == {"new_login", "new_agent"}
    assert found(filled, until="60h") == [ago[82]]
    with pytest.raises(UsageError, match="no anomalies of heat"):
        filled.call("get_anomalies", measure="heat")


def test_step_by_step_is_the_same_as_at_once(filled: Database) -> None:
    before = kept(filled)
    assert all(before)
    filled.execute(
        "UPDATE script_tracking.anomaly_state SET place = '{}'; DELETE FROM script_tracking.anomaly_score"
    )
    filled.execute("DELETE FROM script_tracking.first_seen; SELECT script_tracking.rebuild_rollups()")
    advance(filled)
    assert kept(filled) == before
    retention.maintain(filled, search_seconds=0)
    assert kept(filled) == before
    logins = filled.rows(
        "SELECT db_session_user, min(execution_timestamp) FROM script_tracking.script_execution_s "
        "WHERE tenant_hk = sha256('acme') GROUP BY 1 ORDER BY 1"
    )
    assert logins == filled.rows(
        "SELECT db_session_user, first_at FROM script_tracking.first_seen WHERE seen_kind = 'login' AND tenant_hk = sha256('acme') "
        "ORDER BY 1"
    )


def test_so_many_a_week_and_those_with_the_highest_scores(filled: Database) -> None:
    everything = found(filled)
    filled.call("set_setting", setting_name="anomalies.per_week", setting_value="1")
    try:
        few = found(filled)
        assert found(filled, all=True) != few
    finally:
        filled.call("set_setting", setting_name="anomalies.per_week", setting_value=None)
    assert 1 <= len(few) < len(everything)
    # After the first of the week, only what has a higher score than all before it.
    scores = [row["score"] for row in reversed(few)]
    assert scores == sorted(scores)
    assert max(row["score"] for row in everything) == scores[-1]


def test_a_reader_sees_its_tenants_only(filled: Database, sandbox: Sandbox) -> None:
    login = sandbox.role("reader", member_of=["dbtrack_reader"])
    tenants.grant_tenant(filled, login, "beta")
    filled.execute(f'SET SESSION AUTHORIZATION "{login}"')
    try:
        seen = found(filled, all=True)
        assert {row["tenant"] for row in seen} == {"beta"}
        assert "failures" in {row["measure"] for row in seen}
        assert found(filled, tenant="beta", all=True) == seen
        assert "mallory" not in str(seen)
        for table in ("first_seen", "rollup_login", "anomaly_score"):
            assert filled.value(_ACME_AND_PLATFORM.format(table)) == 0
            assert filled.value(f"SELECT count(*) FROM script_tracking.{table}") > 0
        for table in ("anomaly_state", "anomaly_usual"):
            with pytest.raises(Exception, match="permission denied"):
                filled.rows(f"SELECT * FROM script_tracking.{table}")
        with pytest.raises(Exception, match="permission denied"):
            filled.call("advance_anomalies")
    finally:
        filled.execute("RESET SESSION AUTHORIZATION")
        tenants.revoke_tenant(filled, login, "beta")


def test_commands_exit_codes_and_json(filled: Database) -> None:
    environment = {"DBTRACK_DSN": filled.raw.info.dsn}
    shown = rows(run_dbtrack("anomalies", "--format", "jsonl", environment=environment))
    assert {row["measure"] for row in shown} >= {"operations", "new_login"}
    assert run_dbtrack("anomalies", "--exit-code", environment=environment).returncode == 3
    quiet = ("anomalies", "--exit-code", "--since", "2h")
    assert run_dbtrack(*quiet, environment=environment).returncode == 0
    refused = run_dbtrack("anomalies", "--measure", "heat", environment=environment)
    assert refused.returncode == 2
    assert "heat" in refused.stderr


def test_what_is_new_now_is_told_at_once_and_only_once(filled: Database) -> None:
    manage.add_alert(filled, READY["anomaly"])
    assert evaluate_alerts(filled).changes == []  # what was known before the alert does not count
    record(filled, many(1, 0, **{**DDL, "login": "eve", "tenant": "beta"}))
    record(filled, many(90, 0))
    changes = evaluate_alerts(filled).changes
    assert {(each.change, each.group) for each in changes} == {("fired", "acme"), ("fired", "beta")}
    assert evaluate_alerts(filled).changes == []
    assert {group for kind, group, _count in told(filled) if kind == "alert.fired"} == {"acme", "beta"}
    summaries = filled.rows(
        "SELECT notice_data ->> 'summary' FROM script_tracking.notice WHERE notice_type = 'alert.fired'"
    )
    assert any("The login eve was never seen before in tenant beta" in summary for (summary,) in summaries)
    # The hour that is running: the value so far, against the usual of the whole hour.
    [running] = [row for row in found(filled, measure="operations", since="1h") if row["tenant"] == "acme"]
    assert running["value"] == 90


def test_changes_out_of_hours_count_where_hours_are_set(filled: Database) -> None:
    assert found(filled, measure="out_of_hours", all=True) == []
    at = filled.value("SELECT to_char(now() AT TIME ZONE 'UTC' + interval '4 hours', 'HH24:MI')")
    for name, value in (("hours", f"Mon-Sun {at}-{at[:3]}{(int(at[3:]) + 1) % 60:02}"), ("zone", "UTC")):
        filled.call("set_setting", setting_name=f"evidence.{name}", setting_value=value)
    try:
        record(filled, many(3, 0, **{**DDL, "command": "DROP TABLE"}))
        advance(filled)
        [night] = found(filled, measure="out_of_hours")
    finally:
        filled.call("set_setting", setting_name="evidence.hours", setting_value=None)
    assert (night["value"], night["subject"], night["tenant"]) == (3, "deploy", "acme")
    assert night["reason"].startswith("3 DDL of deploy in tenant acme outside ")
