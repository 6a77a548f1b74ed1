"""An alert fires once, reminds, holds, is resolved, and keeps silent when told to."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from dbtrack.db import Database
from dbtrack.notify.alerts import manage
from dbtrack.proof.erase import erase
from tests.support.alerting import add, ended, evaluated, notices, pass_time, told
from tests.support.servers.sandbox import RoleFactory


def states(database: Database) -> list[tuple[object, ...]]:
    return [row[:4] for row in manage.list_states(database)]


def test_one_bad_night_is_one_message(installed: Database) -> None:
    add(installed, "failed", "errors", "script_type = 'MIGRATION'")
    assert evaluated(installed) == []
    for number in range(40):
        ended(installed, f"v{number}", "MIGRATION", failed=True)
    ended(installed, "nightly", failed=True)
    assert evaluated(installed) == [("failed", "", "fired", 40)]
    for number in range(360):
        ended(installed, f"w{number}", "MIGRATION", failed=True)
    assert evaluated(installed) == []
    pass_time(installed, hours=4)
    key = ended(installed, "last", "MIGRATION", failed=True)
    assert evaluated(installed) == [("failed", "", "reminded", 401)]
    pass_time(installed, hours=2)
    assert evaluated(installed) == []
    pass_time(installed, minutes=6)
    assert evaluated(installed) == [("failed", "", "resolved", 401)]
    assert told(installed) == [("alert.fired", "", 40), ("alert.fired", "", 401), ("alert.resolved", "", 401)]
    first, reminder, resolved = (data for _type, _subject, data in notices(installed))
    assert (first["severity"], first["condition"]) == ("warning", "script_type = 'MIGRATION'")
    assert first["first"]["script_name"] == "v0"
    assert first["last"] | {"error_message": "it broke", "script_name": "v39"} == first["last"]
    assert (reminder["reminder"], reminder["count_since_last_notice"]) == (True, 361)
    assert reminder["next_step"] == f"dbtrack show {key.hex()[:12]}"
    assert "resolved_at" in resolved


def test_each_event_counts_once_and_from_then_on(installed: Database) -> None:
    ended(installed, "before", failed=True)
    add(installed, "failed", "errors", "db_session_user is not null")
    ended(installed, "after", failed=True)
    assert evaluated(installed) == [("failed", "", "fired", 1)]
    add(installed, "later", "errors", "db_session_user is not null")
    assert evaluated(installed) == []
    ended(installed, "again", failed=True)
    assert evaluated(installed) == [("later", "", "fired", 1)]
    assert told(installed)[-1] == ("alert.fired", "", 1)


def test_an_event_of_a_transaction_that_was_open_meanwhile_counts(
    installed: Database, installed_conninfo: str
) -> None:
    add(installed, "failed", "errors", "script_name = 'slow'")
    with psycopg.connect(installed_conninfo) as connection:
        ended(Database.wrap(connection), "slow", failed=True)
        ended(installed, "quick", failed=True)
        assert evaluated(installed) == []
    assert evaluated(installed) == [("failed", "", "fired", 1)]
    assert evaluated(installed) == []


def test_it_fires_when_the_condition_has_held_for_long_enough(installed: Database) -> None:
    add(installed, "running", "running", "script_name = 'x'", hold_for=timedelta(minutes=10))
    key = installed.call_value("track_operation", script_name="x")
    assert evaluated(installed) == [("running", "", "pending", 1)]
    pass_time(installed, minutes=9)
    assert evaluated(installed) == []
    pass_time(installed, minutes=1)
    assert evaluated(installed) == [("running", "", "fired", 1)]
    installed.call("complete_operation", execution_hk=key)
    assert evaluated(installed) == []
    pass_time(installed, minutes=4)
    other = installed.call_value("track_operation", script_name="x")
    assert evaluated(installed) == []  # it never ceased for long enough
    installed.call("complete_operation", execution_hk=other)
    assert evaluated(installed) == []
    pass_time(installed, minutes=5)
    assert evaluated(installed) == [("running", "", "resolved", 1)]
    assert [kind for kind, *_rest in told(installed)] == ["alert.fired", "alert.resolved"]


def test_what_held_too_briefly_is_never_told(installed: Database) -> None:
    add(installed, "running", "running", "script_name = 'x'", hold_for=timedelta(minutes=10))
    key = installed.call_value("track_operation", script_name="x")
    assert evaluated(installed) == [("running", "", "pending", 1)]
    installed.call("complete_operation", execution_hk=key)
    pass_time(installed, minutes=20)
    assert evaluated(installed) == []
    assert states(installed) == [("running", None, "warning", "QUIET")]
    assert told(installed) == []


def test_enough_events_within_the_time(installed: Database) -> None:
    add(installed, "many", "errors", "script_type = 'MANUAL'", at_least=3, counted_for=timedelta(minutes=10))
    ended(installed, "a", failed=True)
    ended(installed, "b", failed=True)
    assert evaluated(installed) == []
    pass_time(installed, minutes=11)
    ended(installed, "c", failed=True)
    assert evaluated(installed) == []
    ended(installed, "d", failed=True)
    ended(installed, "e", failed=True)
    assert evaluated(installed) == [("many", "", "fired", 3)]
    assert notices(installed)[0][2]["first"]["script_name"] == "c"


def test_groups_fire_by_themselves(installed: Database) -> None:
    add(installed, "failed", "errors", "script_type = 'MANUAL'", group_by="name")
    ended(installed, "a", failed=True)
    assert evaluated(installed) == [("failed", "a", "fired", 1)]
    ended(installed, "a", failed=True)
    ended(installed, "b", failed=True)
    assert evaluated(installed) == [("failed", "b", "fired", 1)]
    assert told(installed) == [("alert.fired", "a", 1), ("alert.fired", "b", 1)]


def test_silence(installed: Database) -> None:
    add(installed, "failed", "errors", "script_type = 'MANUAL'", clear_for=timedelta(0))
    assert manage.silence_alert(installed, "failed", timedelta(hours=2), "release") == 1
    ended(installed, "a", failed=True)
    assert evaluated(installed) == [("failed", "", "fired", 1)]
    assert told(installed) == []
    assert states(installed)[0][3] == "SILENCED"
    pass_time(installed, minutes=59)
    ended(installed, "b", failed=True)
    assert evaluated(installed) == []
    pass_time(installed, minutes=59)
    assert evaluated(installed) == []
    manage.silence_alert(installed, None, None, None)
    assert evaluated(installed) == []
    assert told(installed) == [("alert.fired", "", 2)]
    manage.silence_alert(installed, None, timedelta(hours=9), "again")
    pass_time(installed, hours=2)
    assert evaluated(installed) == [("failed", "", "resolved", 2)]
    assert told(installed)[-1] == ("alert.resolved", "", 2)


def test_a_removed_alert_is_resolved(installed: Database) -> None:
    add(installed, "failed", "errors", "script_type = 'MANUAL'")
    ended(installed, "a", failed=True)
    evaluated(installed)
    manage.remove_alert(installed, "failed")
    assert told(installed) == [("alert.fired", "", 1), ("alert.resolved", "", 1)]
    assert manage.list_states(installed) == []


def test_ddl_inside_a_tracked_operation_was_announced(installed: Database) -> None:
    add(installed, "ddl", "executions", "script_type = 'DDL_AUTO'")
    add(installed, "every", "executions", "script_type = 'DDL_AUTO'", with_announced=True)
    key = installed.call_value("track_operation", script_name="v42", script_type="MIGRATION")
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": bytes(key).hex()})
    installed.execute("CREATE TABLE announced (id int)")
    installed.call("complete_operation", execution_hk=key)
    assert evaluated(installed) == [("every", "", "fired", 1)]
    installed.execute("RESET dbtrack.execution")
    installed.execute("CREATE TABLE unannounced (id int)")
    assert evaluated(installed) == [("ddl", "", "fired", 1)]
    assert notices(installed)[-1][2]["last"]["affected_objects"] == ["public.unannounced"]


def test_a_person_is_erased_from_states_and_notices(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("jane", member_of=("dbtrack_operator",))
    add(installed, "failed", "errors", "script_type = 'MANUAL'")
    add(installed, "by-user", "errors", "script_type = 'MANUAL'", group_by="user")
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as connection:
        ended(Database.wrap(connection), "a job", failed=True)
    evaluated(installed)
    person = f"%{login}%"
    named = (
        "SELECT count(*) FROM (SELECT s::text FROM script_tracking.alert_state AS s "
        "UNION ALL SELECT n::text FROM script_tracking.notice AS n) AS t (text) WHERE t.text LIKE %(person)s"
    )
    assert installed.value(named, {"person": person}) == 4
    erase(installed, login, "request 4711")
    assert installed.value(named, {"person": person}) == 0
    assert evaluated(installed) == []


def test_a_claim_that_the_records_do_not_confirm_announces_nothing(installed: Database) -> None:
    add(installed, "ddl", "executions", "script_type = 'DDL_AUTO'")
    key = ended(installed, "v42", "MIGRATION")
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": key.hex()})
    installed.execute("CREATE TABLE late (id int)")
    assert evaluated(installed) == [("ddl", "", "fired", 1)]
