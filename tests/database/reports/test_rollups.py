"""What reports read instead of the rows, and what they do when that is not there, not current or not theirs."""

from __future__ import annotations

import re

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.errors import LockedError
from dbtrack.reports import REPORTS, advance_rollups, run
from tests.support.rollups import differences
from tests.support.servers.sandbox import RoleFactory

_RECORD = """
SELECT script_tracking.record_operations((SELECT jsonb_agg(jsonb_build_object('script_name', 'job',
    'duration_us', n * 1000, 'execution_timestamp', clock_timestamp() - n * interval '1 minute')) FROM generate_series(1, %s) AS n))
"""
_LAG = "SELECT current_status, details FROM script_tracking.get_system_health() WHERE health_metric = 'rollup_lag'"


def dashboard(database: Database) -> dict[str, object]:
    return {row[0]: row[1] for row in run(database, REPORTS["dashboard"], {})}


def test_reports_read_the_rollups_and_a_rebuild_puts_them_right(installed: Database) -> None:
    installed.raw.execute(_RECORD, (100,))
    assert retention.roll_up(installed) == 100
    assert retention.roll_up(installed) == 0
    installed.execute(
        "UPDATE script_tracking.rollup_total SET completed = completed + 1 WHERE level_minutes = 60"
    )
    assert dashboard(installed)["total_operations_24h"] != 100
    told: list[int] = []
    retention.roll_up(installed, rebuild=True, progress=lambda counted, _gap_end: told.append(counted))
    assert told[-1] == 100
    assert dashboard(installed)["total_operations_24h"] == 100


def test_maintain_brings_them_forward_and_health_says_how_far_they_are(installed: Database) -> None:
    assert (installed.row(_LAG) or ("", ""))[1].startswith("not built here")
    installed.raw.execute(_RECORD, (3,))
    assert ("rollups", "done", "3 executions counted") in retention.maintain(installed).tasks
    assert installed.row(_LAG) == ("OK", "00:00:00 behind")
    installed.execute(
        "UPDATE script_tracking.rollup_state SET advanced_at = advanced_at - interval '26 hours'"
    )
    status, details = installed.row(_LAG) or ("", "")
    assert (status, details) == ("WARNING", "1 day 02:00:00 behind; run: dbtrack maintain")
    assert dashboard(installed)["rollup_lag_ms"] == pytest.approx(26 * 3_600_000, rel=0.01)


def test_the_score_is_that_of_the_health_report(installed: Database) -> None:
    installed.raw.execute("ALTER EVENT TRIGGER et_sql_drop DISABLE")
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    installed.value(
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('job'), success => false)"
    )
    found = [row[2] for row in run(installed, REPORTS["health"], {})]
    score = 100 - 25 * found.count("CRITICAL") - 10 * found.count("WARNING")
    assert score < 60
    assert dashboard(installed)["system_health_score"] == score


@pytest.mark.every_server
def test_what_a_transaction_wrote_before_they_went_forward_counts_when_it_commits(
    installed: Database, installed_conninfo: str
) -> None:
    installed.raw.execute(_RECORD, (5,))
    with psycopg.connect(installed_conninfo) as migration:
        migration.execute(_RECORD, (2,))
        installed.raw.execute(_RECORD, (1,))
        for _ in range(3):
            retention.roll_up(installed)
        assert dashboard(installed)["total_operations_24h"] == 6
        migration.commit()
        assert dashboard(installed)["total_operations_24h"] == 8
    retention.roll_up(installed)
    assert differences(installed.raw) == []
    assert dashboard(installed)["total_operations_24h"] == 8


def test_rows_that_move_into_their_month_count_once(installed: Database) -> None:
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    this_month = "to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')"
    for parent in ("script_execution_parent_l", "script_execution_s", "script_execution_h"):
        installed.execute(f"DROP TABLE script_tracking.{parent}_{installed.value(f'SELECT {this_month}')}")
    installed.raw.execute(_RECORD, (20,))
    retention.roll_up(installed)
    retention.maintain(installed)
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_s_default") == 0
    assert differences(installed.raw) == []
    retention.roll_up(installed)
    assert differences(installed.raw) == []


@pytest.mark.parametrize(
    "damage",
    [
        """UPDATE script_tracking.rollup_state SET place = '{"system": "another"}'""",
        "UPDATE script_tracking.rollup_state SET counted_before = '9223372036854775807'",
        "DELETE FROM script_tracking.rollup_state",
    ],
)
def test_rollups_of_another_place_are_not_believed(installed: Database, damage: str) -> None:
    installed.raw.execute(_RECORD, (10,))
    retention.roll_up(installed)
    installed.execute("UPDATE script_tracking.rollup_total SET completed = 77")
    installed.execute(damage)
    assert dashboard(installed)["total_operations_24h"] == 10
    assert dashboard(installed)["rollup_lag_ms"] is None
    retention.roll_up(installed)
    assert dashboard(installed)["total_operations_24h"] == 10
    assert differences(installed.raw) == []


def test_a_long_history_is_counted_in_steps_the_latest_first(installed: Database) -> None:
    installed.raw.execute(_RECORD, (60 * 24 * 3,))
    advance = "SELECT o_outcome, o_gap_end FROM script_tracking.advance_rollups(500)"
    outcome, gap_end = installed.row(advance) or ("", None)
    assert outcome == "more"
    ends = [gap_end]
    while outcome == "more":
        outcome, gap_end = installed.row(advance) or ("", None)
        ends.append(gap_end)
        assert differences(installed.raw) == []
    assert ends[:-1] == sorted(ends[:-1], reverse=True)
    assert len(set(ends)) > 5


def test_readers_see_their_tenants_and_not_the_totals(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("reader", member_of=("dbtrack_reader",))
    for tenant in ("mine", "theirs"):
        installed.execute("SELECT script_tracking.add_tenant(%(tenant)s, %(tenant)s)", {"tenant": tenant})
    installed.execute(
        "SELECT script_tracking.grant_tenant(%(login)s, 'mine')",
        {"login": login},
    )
    for tenant, count in (("mine", 3), ("theirs", 4)):
        installed.execute(
            'SELECT script_tracking.record_operations((SELECT jsonb_agg(\'{"script_name": "job"}\'::jsonb) '
            "FROM generate_series(1, %(count)s)), script_tracking.resolve_tenant(%(tenant)s))",
            {"tenant": tenant, "count": count},
        )
    # The tenants that were added and the grant are three more.
    assert retention.roll_up(installed) == 10
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as session:
        reader = Database.wrap(session)
        assert dashboard(reader)["total_operations_24h"] == 3
        assert differences(session) == []
        assert (
            reader.value("SELECT sum(completed) FROM script_tracking.rollup_tenant WHERE level_minutes = 60")
            == 3
        )
        for forbidden in (
            "SELECT * FROM script_tracking.rollup_total",
            "SELECT script_tracking.advance_rollups()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(forbidden.encode())
        advance_rollups(reader, REPORTS["dashboard"])


def test_a_report_brings_them_forward_first_where_the_role_may(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    retention.roll_up(installed)
    behind = "UPDATE script_tracking.rollup_state SET advanced_at = advanced_at - interval '1 hour'"
    lag = "SELECT lag > interval '59 minutes' FROM script_tracking.get_rollup_lag()"
    for group, read_only, stays in (
        ("dbtrack_operator", "off", False),
        ("dbtrack_operator", "on", True),
        ("dbtrack_reader", "off", True),
    ):
        installed.execute(behind)
        login = role(f"{group}_{read_only}", member_of=(group,))
        with psycopg.connect(installed_conninfo, user=login, autocommit=True) as session:
            session.execute(f"SET default_transaction_read_only = {read_only}".encode())
            advance_rollups(Database.wrap(session), REPORTS["dashboard"])
        assert installed.value(lag) is stays


def test_two_never_count_at_once(installed: Database, installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.advance_rollups()")
        told: list[str] = []
        with pytest.raises(LockedError) as refused:
            retention.roll_up(installed, wait_seconds=0.2, waiting=told.append)
        holder = rf"process {other.info.backend_pid} \({other.info.user}, idle in transaction\), in a transaction since 20"
        assert re.match(rf"the rollups are locked by {holder}", refused.value.message)
        assert len(told) == 1
        assert re.match(holder, told[0])
        maintained = {
            task: (outcome, details) for task, outcome, details in retention.maintain(installed).tasks
        }
        assert maintained["rollups"][0] == "skipped"
        assert f"process {other.info.backend_pid} " in maintained["rollups"][1]


def test_a_rollup_continues_when_the_other_transaction_ends(
    installed: Database, installed_conninfo: str
) -> None:
    installed.raw.execute(_RECORD, (3,))
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.advance_rollups()")
        other.execute("SAVEPOINT before_the_rest")
        assert retention.roll_up(installed, wait_seconds=60, waiting=lambda _holder: other.rollback()) == 3


def test_health_and_doctor_name_the_transaction_that_holds_them_back(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    retention.roll_up(installed)
    installed.execute(
        "UPDATE script_tracking.rollup_state SET advanced_at = advanced_at - interval '2 hours'"
    )
    assert (installed.row(_LAG) or ("", ""))[0] == "OK"
    login = role("reader", member_of=("dbtrack_reader",))
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.advance_rollups()")
        status, details = installed.row(_LAG) or ("", "")
        held_back = (
            f"behind; held back by process {other.info.backend_pid} ({other.info.user}, idle in transaction)"
        )
        assert status == "WARNING"
        assert held_back in details
        assert [
            finding.message for finding in schema.diagnose(installed) if finding.subject == "rollup_lag"
        ] == [(installed.row(_LAG) or ("", ""))[1]]
        with psycopg.connect(installed_conninfo, user=login, autocommit=True) as session:
            status, details = Database.wrap(session).row(_LAG) or ("", "")
            assert (status, details.endswith("; held back by another transaction")) == ("WARNING", True)
    assert (installed.row(_LAG) or ("", ""))[0] == "OK"
    assert [finding for finding in schema.diagnose(installed) if finding.subject == "rollup_lag"] == []


def test_percentiles_are_within_four_percent(installed: Database) -> None:
    installed.raw.execute(_RECORD, (1000,))
    retention.roll_up(installed)
    found = {
        row[1]: float(row[2])
        for row in run(installed, REPORTS["performance"], {})
        if row[0] == "overall" and row[2] is not None
    }
    for metric, exact in (("p50_duration_ms", 500), ("p95_duration_ms", 950), ("p99_duration_ms", 990)):
        assert found[metric] == pytest.approx(exact, rel=0.04)
    assert found["max_duration_ms"] == 1000


def test_ids_of_a_server_that_was_further_on_are_forgotten_in_steps(installed: Database) -> None:
    installed.raw.execute(_RECORD, (30,))
    retention.roll_up(installed)
    # As a dump of such a server brings them.
    ahead = "pg_current_xact_id()::text::bigint + 1000000"
    installed.execute(f"UPDATE script_tracking.script_execution_s SET recorded_by = ({ahead})::text::xid8")
    installed.execute("UPDATE script_tracking.rollup_state SET place = '{}'")
    foreign = f"SELECT count(*) FROM script_tracking.script_execution_s WHERE recorded_by > ({ahead} - 1000)::text::xid8"
    assert installed.value(foreign) == 30
    for left in (10, 0):
        installed.execute("SELECT script_tracking.advance_rollups(20)")
        assert installed.value(foreign) == left
        assert differences(installed.raw) == []
    retention.roll_up(installed)
    assert dashboard(installed)["total_operations_24h"] == 30
    assert differences(installed.raw) == []


def test_a_transaction_that_advances_counts_what_it_writes_itself_the_next_time(installed: Database) -> None:
    with installed.transaction():
        installed.raw.execute(_RECORD, (2,))
        installed.execute("SELECT script_tracking.advance_rollups()")
        installed.raw.execute(_RECORD, (3,))
        installed.execute("SELECT script_tracking.advance_rollups()")
        assert differences(installed.raw) == []
    installed.execute("SELECT script_tracking.track_operation('later')")
    for _ in range(2):
        assert differences(installed.raw) == []
        retention.roll_up(installed)
    assert dashboard(installed)["total_operations_24h"] == 6
