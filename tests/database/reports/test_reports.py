"""What the reports say of what happened."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from dbtrack import retention, schema, sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof.seal import seal
from dbtrack.render import Format, write
from dbtrack.render.nagios import write_nagios
from dbtrack.reports import REPORTS, bind, run
from tests.support.servers.sandbox import RoleFactory

Rows = list[dict[str, Any]]


def report(database: Database, name: str, /, **arguments: object) -> Rows:
    names = [column.name for column in REPORTS[name].usual_columns]
    return [dict(zip(names, row, strict=True)) for row in run(database, REPORTS[name], arguments)]


def metrics(database: Database, **arguments: object) -> dict[str, Any]:
    return {row["metric_name"]: row["metric_value"] for row in report(database, "dashboard", **arguments)}


def health(database: Database) -> dict[str, tuple[str, str]]:
    rows = report(database, "health")
    return {row["health_metric"]: (row["current_status"], row["details"]) for row in rows}


@pytest.fixture
def add(installed: Database) -> Callable[..., bytes]:
    """Writes an execution that ended, so long ago and of such duration, straight into the tables."""
    statement = """
        WITH hub AS (
            INSERT INTO script_tracking.script_execution_h
            SELECT sha256(convert_to(%(name)s || random(), 'UTF8')), %(name)s, %(tenant)s::bytea,
                clock_timestamp(), 'test'
            RETURNING *)
        INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk,
            script_name, script_type, execution_status, execution_timestamp, execution_duration_ms,
            db_session_user, error_message, metadata, affected_objects, record_source)
        SELECT h.script_execution_hk, h.load_date, '', h.tenant_hk, %(name)s, %(type)s, %(status)s,
            clock_timestamp() - make_interval(mins => %(minutes)s), %(duration_ms)s, session_user, %(error)s,
            %(metadata)s::jsonb, '{}', 'test'
        FROM hub AS h RETURNING script_execution_hk"""

    def add(name: str = "job", minutes: int = 5, **given: object) -> bytes:
        values = {
            "type": "MANUAL",
            "status": "COMPLETED",
            "duration_ms": 10,
            "tenant": None,
            "error": None,
            "metadata": "{}",
        }
        key = installed.value(statement, {**values, "name": name, "minutes": minutes, **given})
        assert isinstance(key, bytes)
        return key

    return add


def test_an_empty_database_has_sensible_rows(installed: Database) -> None:
    found = metrics(installed)
    assert found["total_operations_24h"] == 0
    assert found["failed_operations_24h"] == 0
    assert found["success_rate_24h"] is None
    assert found["avg_duration_ms"] is None
    assert report(installed, "history") == []
    assert report(installed, "errors") == []
    overall = report(installed, "performance")
    assert {row["metric_category"] for row in overall} == {"overall"}
    assert {row["trend_direction"] for row in overall} == {"STABLE"}
    assert {row["performance_rating"] for row in overall} == {None}


def test_the_dashboard_counts_a_day_by_what_has_ended(installed: Database, add: Callable[..., bytes]) -> None:
    for _ in range(9):
        add(duration_ms=20)
    add(status="FAILED", error="no", duration_ms=120)
    add(status="RUNNING", duration_ms=None)
    add(minutes=25 * 60)
    found = metrics(installed)
    assert found["total_operations_24h"] == 11
    assert found["success_rate_24h"] == 90
    assert found["failed_operations_24h"] == 1
    assert found["running_operations"] == 1
    assert found["avg_duration_ms"] == 30
    assert found["max_duration_ms"] == 120


def test_ratings_follow_success_and_duration(installed: Database, add: Callable[..., bytes]) -> None:
    for kind, completed, failed, duration_ms in (
        ("EXCELLENT", 24, 1, 99),
        ("GOOD", 11, 1, 499),
        ("WARNING", 5, 1, 999),
        ("POOR", 4, 1, 10),
    ):
        for status, count in (("COMPLETED", completed), ("FAILED", failed)):
            for _ in range(count):
                add(type=kind, status=status, duration_ms=duration_ms)
    ratings = {
        (row["metric_category"], row["performance_rating"])
        for row in report(installed, "performance")
        if row["metric_category"] != "overall"
    }
    assert ratings == {(kind, kind) for kind in ("EXCELLENT", "GOOD", "WARNING", "POOR")}


def test_a_trend_compares_with_the_day_before(installed: Database, add: Callable[..., bytes]) -> None:
    for minutes in (5, 5, 5, 30 * 60):
        add(minutes=minutes, duration_ms=10 if minutes == 5 else 100)
    trends = {row["metric_name"]: row["trend_direction"] for row in report(installed, "performance")}
    assert trends["total_operations"] == "UP"
    assert trends["avg_duration_ms"] == "DOWN"
    assert trends["success_rate"] == "STABLE"


def test_history_shows_each_execution_once_the_latest_first(installed: Database) -> None:
    key = installed.value("SELECT script_tracking.track_operation('nightly', 'BACKUP')")
    installed.execute("CREATE TABLE public.orders (id serial PRIMARY KEY)")
    installed.value("SELECT script_tracking.complete_operation(%(key)s)", {"key": key})
    table, backup = report(installed, "history")
    assert (table["script_type"], "public.orders" in table["affected_objects"]) == ("DDL_AUTO", True)
    assert (backup["execution_key"], backup["execution_status"]) == (key, "COMPLETED")
    # Microseconds, not the whole milliseconds of the contract's column.
    assert backup["duration_ms"].as_tuple().exponent == -3


def test_history_filters(installed: Database, add: Callable[..., bytes]) -> None:
    add("old", minutes=10 * 24 * 60)
    add("failed", status="FAILED", type="MIGRATION")
    add("fresh")

    def names(**arguments: object) -> list[str]:
        return [row["script_name"] for row in report(installed, "history", **arguments)]

    assert names() == ["fresh", "failed"]
    assert names(days=11) == ["fresh", "failed", "old"]
    assert names(since="30 days") == ["fresh", "failed", "old"]
    assert names(since="30d", until="7d") == ["old"]
    assert names(type="MIGRATION") == ["failed"]
    assert names(status="failed") == ["failed"]
    assert names(name="old", days=30) == ["old"]
    assert names(limit=1) == ["fresh"]


def test_errors_are_all_that_did_not_succeed(installed: Database, add: Callable[..., bytes]) -> None:
    add("fine")
    add("broken", status="FAILED", error="division by zero")
    add("stopped", status="CANCELLED")
    add("lost", status="ABANDONED")
    add("long ago", status="FAILED", minutes=26 * 60)
    found = {row["script_name"]: row["error_message"] for row in report(installed, "error_list")}
    assert found == {"broken": "division by zero", "stopped": None, "lost": None}
    assert len(report(installed, "error_list", hours=48)) == 4
    [lost] = report(installed, "error_list", status="abandoned")
    assert lost["script_name"] == "lost"
    rows = installed.rows("SELECT script_name FROM script_tracking.get_recent_errors(48)")
    assert len(rows) == 4


def test_errors_of_one_cause_are_one_row(installed: Database, add: Callable[..., bytes]) -> None:
    known = json.dumps({"sqlstate": "42P01", "hint": "look again"})
    add("first", minutes=50, status="FAILED", error='relation "a" does not exist', metadata=known)
    psql = 'psql:x.sql:3: ERROR:  relation "b" does not exist\nLINE 1: SELECT'
    add("wrapped", minutes=40, status="FAILED", error=psql, metadata='{"command": "psql -f x.sql"}')
    last = add("last", minutes=30, status="FAILED", error='relation "c" does not exist', metadata=known)
    for code in (7, 8, 8):
        silent = json.dumps({"exit_code": code})
        add(f"exit {code}", minutes=20, status="FAILED", error=f"exit code {code}; nothing", metadata=silent)
    add("killed", minutes=10, status="FAILED", error="killed by SIGKILL", metadata='{"signal": "SIGKILL"}')
    add("stopped", minutes=5, status="CANCELLED")
    rows = report(installed, "errors")
    assert [(row["message"], row["ended_by"], row["sqlstate"], row["occurrences"]) for row in rows] == [
        ("cancelled", None, None, 1),
        ("killed by SIGKILL", "SIGKILL", None, 1),
        ("exit code ?; nothing", "exit code 8", None, 2),
        ("exit code ?; nothing", "exit code 7", None, 1),
        ('relation "?" does not exist', None, "42P01", 3),
    ]
    cause = rows[-1]
    assert (cause["hint"], cause["statement"]) == ("look again", "psql -f x.sql")
    assert (cause["execution_key"], cause["script_name"]) == (last, "last")
    assert timedelta(minutes=19) < cause["last_seen"] - cause["first_seen"] < timedelta(minutes=21)
    assert [row["message"] for row in report(installed, "errors", limit=1)] == ["cancelled"]
    assert report(installed, "errors", status="COMPLETED") == []


def test_a_cause_names_the_operation_that_its_last_error_belonged_to(installed: Database) -> None:
    outer = installed.value("SELECT script_tracking.track_operation('deploy', 'MIGRATION')")
    with installed.transaction():
        installed.execute("SELECT set_config('dbtrack.execution', %(key)s, true)", {"key": outer.hex()})
        inner = installed.value("SELECT script_tracking.track_operation('step')")
    installed.value("SELECT script_tracking.complete_operation(%(key)s, false, 'no')", {"key": inner})
    [cause] = report(installed, "errors")
    assert (cause["script_name"], cause["parent_name"], cause["parent_key"]) == ("step", "deploy", outer)
    assert cause["users"] == [installed.value("SELECT session_user::text")]


def test_since_after_until_is_a_mistake(installed: Database) -> None:
    with pytest.raises(UsageError, match="no time is after 1h and before 2h"):
        run(installed, REPORTS["errors"], {"since": "1h", "until": "2h"})


@pytest.mark.parametrize(
    "arguments",
    [
        {"days": 0},
        {"days": -1},
        {"limit": 0},
        {"status": "DONE"},
        {"since": "tomorrow"},
        {"since": "soon"},
        {"since": ""},
        {"since": "-infinity"},
        {"tenant": "nobody"},
        {"tenant": ""},
    ],
    ids=str,
)
def test_bad_arguments_are_refused_before_any_row(installed: Database, arguments: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        run(installed, REPORTS["history"], arguments)


def test_show_takes_the_first_digits_of_a_key(installed: Database) -> None:
    key = installed.value("SELECT script_tracking.track_operation('release', 'MIGRATION')")
    installed.value(
        "SELECT script_tracking.complete_operation(%(key)s, false, 'no space left')", {"key": key}
    )
    [execution] = report(installed, "show_execution", key=key.hex()[:8])
    assert (execution["execution_key"], execution["execution_status"]) == (key, "FAILED")
    versions = report(installed, "show_versions", key=key.hex().upper())
    assert [row["execution_status"] for row in versions] == ["RUNNING", "FAILED"]
    assert versions[0]["load_end_date"] == versions[1]["load_date"]
    assert versions[1]["error_message"] == "no space left"


def test_show_lists_objects_and_children(installed: Database) -> None:
    installed.execute("CREATE FUNCTION public.make() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
                      "CREATE TABLE public.inside (id int PRIMARY KEY); RETURN 1; END $$")  # fmt: skip
    installed.execute("CREATE TABLE public.outside AS SELECT public.make() AS one")
    by_object = {row["affected_objects"][0]: row["execution_key"] for row in report(installed, "history")}
    outside = by_object["public.outside"].hex()
    [child] = report(installed, "show_children", key=outside)
    assert "public.inside" in child["affected_objects"]
    assert child["link_type"] == "nested"
    inside = report(installed, "show_objects", key=child["execution_key"].hex())
    assert {"object_identity": "public.inside", "object_type": "table"} in inside
    [execution] = report(installed, "show_execution", key=child["execution_key"])
    assert execution["parent_key"].hex() == outside


def test_an_unknown_or_ambiguous_key_says_which(installed: Database) -> None:
    with pytest.raises(DbtrackError, match="there is no execution with the key 00000000"):
        run(installed, REPORTS["show_execution"], {"key": "00000000"})
    with pytest.raises(UsageError, match="is not a key"):
        run(installed, REPORTS["show_execution"], {"key": "release"})
    installed.execute(
        "INSERT INTO script_tracking.script_execution_h "
        "SELECT decode('abcdef0123' || repeat(n::text, 54), 'hex'), 'x', NULL, clock_timestamp(), 'test' "
        "FROM generate_series(1, 2) AS n"
    )
    with pytest.raises(DbtrackError, match="more than one execution"):
        run(installed, REPORTS["show_execution"], {"key": "abcdef0123"})


def test_a_tenant_sees_and_is_counted_alone(
    installed: Database, installed_conninfo: str, add: Callable[..., bytes], role: Callable[..., str]
) -> None:
    for name in ("acme", "zenith"):
        installed.value("SELECT script_tracking.add_tenant(%(name)s, %(name)s)", {"name": name})
    resolve = "SELECT script_tracking.resolve_tenant(%(name)s)"
    keys = [installed.value(resolve, {"name": name}) for name in ("acme", "zenith")]
    add("hers", tenant=keys[0])
    add("theirs", tenant=keys[1])
    add("nobody's")
    assert [row["script_name"] for row in report(installed, "history", tenant="acme")] == ["hers"]
    assert metrics(installed, tenant="acme")["total_operations_24h"] == 1
    login = role("reader", member_of=["dbtrack_reader"])
    installed.execute("SELECT script_tracking.grant_tenant(%(role)s, 'acme')", {"role": login})
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as connection:
        reader = Database.wrap(connection)
        assert [(row["script_name"], row["tenant"]) for row in report(reader, "history")] == [
            ("hers", "acme")
        ]
        assert metrics(reader)["total_operations_24h"] == 1
        assert {row["current_status"] for row in report(reader, "health")} <= {"OK", "WARNING"}
        with pytest.raises(UsageError):
            run(reader, REPORTS["history"], {"tenant": "zenith"})


@pytest.mark.parametrize("name", [name for name, each in REPORTS.items() if not each.part_of])
def test_reports_write_nothing(installed: Database, name: str) -> None:
    with installed.transaction():
        installed.execute("SET TRANSACTION READ ONLY")
        report(installed, name)


def test_health_sees_capture_switched_off(installed: Database) -> None:
    assert health(installed)["et_sql_drop"][0] == "OK"
    assert health(installed)["capture_failures"] == ("OK", "0 DDL commands could not be recorded")
    installed.execute("ALTER EVENT TRIGGER et_sql_drop DISABLE")
    installed.execute("ALTER EVENT TRIGGER et_ddl_command_start ENABLE")
    installed.execute("DROP EVENT TRIGGER et_ddl_command_end")
    found = health(installed)
    assert found["et_sql_drop"][0] == "CRITICAL"
    assert found["et_ddl_command_start"][0] == "WARNING"
    assert found["et_ddl_command_end"][0] == "CRITICAL"
    assert metrics(installed)["system_health_score"] <= 40


def test_health_counts_what_could_not_be_recorded(installed: Database) -> None:
    installed.value("SELECT nextval('script_tracking.capture_failure_seq')")
    assert health(installed)["capture_failures"] == ("WARNING", "1 DDL commands could not be recorded")


def test_health_sees_an_operation_open_for_more_than_a_day(
    installed: Database, add: Callable[..., bytes]
) -> None:
    add("forgotten", status="RUNNING", minutes=25 * 60, duration_ms=None)
    status, details = health(installed)["open_operations"]
    assert status == "WARNING"
    assert details.startswith("1 open, the oldest since ")
    assert details.endswith(": forgotten")


def test_strange_metadata_breaks_no_report(installed: Database, add: Callable[..., bytes]) -> None:
    add(metadata='{"duration_us": "soon", "object_types": "none"}')
    add(metadata="[1]")
    for name in ("dashboard", "history", "performance"):
        assert report(installed, name)


def test_history_with_a_limit_reads_the_newest_by_their_index(installed: Database) -> None:
    fill(installed, 20_000)
    values = bind(installed, REPORTS["history"], {"limit": 20})
    plan = [row[0] for row in installed.rows("EXPLAIN " + sql_files.report("history"), values)]
    assert any("Index Scan" in line and "execution_timestamp" in line for line in plan), "\n".join(plan)


@pytest.mark.matrix
@pytest.mark.newest
@pytest.mark.slow
def test_a_long_history_streams_in_constant_memory(installed: Database) -> None:
    fill(installed, 60_000)

    class Sink:
        lines = 0

        def writelines(self, lines: Any) -> None:
            for line in lines:
                json.loads(line)
                self.lines += 1

    sink: Any = Sink()
    tracemalloc.start()
    write(Format.JSONL, REPORTS["history"].usual_columns, run(installed, REPORTS["history"], {}), sink)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sink.lines == 60_000
    assert peak_bytes < 20_000_000


def fill(database: Database, count: int) -> None:
    database.execute(
        """
        INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff,
            script_name, script_type, execution_status, execution_timestamp, execution_duration_ms,
            db_session_user, affected_objects, record_source)
        SELECT sha256(n::text::bytea), clock_timestamp(), '', 'CREATE TABLE', 'DDL_AUTO', 'COMPLETED',
            clock_timestamp() - make_interval(secs => n), 3, 'postgres', ARRAY['public.orders'], 'test'
        FROM generate_series(1, %(count)s) AS n""",
        {"count": count},
    )
    database.execute("ANALYZE script_tracking.script_execution_s")


def test_moments_carry_their_offset(installed: Database, add: Callable[..., bytes]) -> None:
    add(minutes=0)
    [row] = report(installed, "history")
    started: datetime = row["execution_timestamp"]
    assert abs(datetime.now(started.tzinfo) - started) < timedelta(minutes=1)


@pytest.mark.parametrize("moment", ["0044-03-15 12:00:00+00 BC", "-infinity", "1969-12-31 23:59:59+00"])
def test_a_time_that_no_clock_shows_is_refused(installed: Database, moment: str) -> None:
    given = {"operations": json.dumps([{"script_name": "x", "execution_timestamp": moment}])}
    with pytest.raises(UsageError, match="before 1970"):
        installed.value("SELECT script_tracking.record_operations(%(operations)s::jsonb)", given)
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 0


@pytest.mark.parametrize(
    "moment", ["0044-03-15 12:00:00+00 BC", "-infinity", "infinity", "294276-12-31 00:00:00+00"]
)
def test_one_that_is_there_already_breaks_no_report(installed: Database, moment: str) -> None:
    key = installed.value("SELECT script_tracking.track_operation('old')")
    installed.execute("SELECT script_tracking.complete_operation(%(key)s, false)", {"key": key})
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET execution_timestamp = %(moment)s::timestamptz",
        {"moment": moment},
    )
    (shown,) = report(installed, "show_execution", key=key)
    assert shown["execution_timestamp"].startswith(moment[:6])
    for each in ("history", "errors", "error_list", "performance", "dashboard", "health"):
        report(installed, each)


@pytest.mark.parametrize("style", ["postgres_verbose", "iso_8601", "sql_standard"])
def test_monitoring_reads_the_lag_in_seconds_in_every_style(installed: Database, style: str) -> None:
    installed.value("SELECT count(*) FROM script_tracking.advance_rollups()")
    installed.execute(f"SET IntervalStyle = {style}")
    stream = io.StringIO()
    write_nagios(REPORTS["health"].columns, run(installed, REPORTS["health"], {}), stream)
    assert re.search(r" rollup_lag=\d+s;86400;;0( |\n)", stream.getvalue())


@pytest.mark.parametrize("rolled_up", [False, True])
def test_a_type_is_compared_with_its_own_past(
    installed: Database, add: Callable[..., bytes], rolled_up: bool
) -> None:
    day = 24 * 60
    for days in range(2, 8):
        add("nightly", days * day, type="BACKUP", duration_ms=3_600_000)
        add("load", days * day, type="LOAD")
    for days in range(2, 6):  # four are too few
        add("rare", days * day, type="RARE")
    add("nightly", 120, type="BACKUP", duration_ms=3_700_000)
    add("load", 120, type="LOAD", duration_ms=90, status="FAILED")
    add("rare", 120, type="RARE", duration_ms=90)
    if rolled_up:
        retention.roll_up(installed)
    found = {(row["metric_category"], row["metric_name"]): row for row in report(installed, "performance")}
    backup = found["BACKUP", "avg_duration_ms"]
    assert (backup["performance_rating"], backup["compared_to_usual"]) == ("POOR", "AS USUAL")
    assert backup["usual_value"] == 3_600_000
    assert found["LOAD", "avg_duration_ms"]["compared_to_usual"] == "WORSE"
    assert found["LOAD", "p95_duration_ms"]["compared_to_usual"] == "WORSE"
    assert found["LOAD", "success_rate"]["compared_to_usual"] == "WORSE"
    assert found["RARE", "avg_duration_ms"]["usual_value"] is None
    assert found["RARE", "avg_duration_ms"]["compared_to_usual"] is None
    assert found["BACKUP", "total_operations"]["compared_to_usual"] is None


def test_health_says_whether_the_record_is_sealed_and_names_what_holds_it_back(
    installed: Database, installed_conninfo: str, role: RoleFactory
) -> None:
    assert health(installed)["seal_lag"][0] == "OK"
    installed.execute("SELECT script_tracking.track_operation('sealed')")
    seal(installed)
    assert health(installed)["seal_lag"][0] == "OK"
    with psycopg.connect(installed_conninfo, autocommit=True) as other:
        other.execute("BEGIN")
        other.execute("SELECT script_tracking.track_operation('prepared')")
        other.execute("PREPARE TRANSACTION 'forgotten'")
        try:
            seal(installed)
            # Two hours later: a prepared transaction cannot be made older.
            installed.execute(
                "UPDATE script_tracking.seal_state SET sealed_before = last_run_at - interval '2 hours'"
            )
            status, details = health(installed)["seal_lag"]
            assert (status, "a transaction that was open then holds it back" in details) == ("WARNING", True)
            (finding,) = schema.diagnose(installed)
            assert (finding.subject, finding.message) == ("seal_lag", details)
            named = installed.value("SELECT script_tracking.oldest_transaction(interval '0')")
            assert "the prepared transaction 'forgotten'" in named
        finally:
            other.execute("ROLLBACK PREPARED 'forgotten'")
        other.execute("BEGIN")
        other.execute("SELECT 'secret' AS password, 4711")
        named = installed.value("SELECT script_tracking.oldest_transaction(interval '0')")
        assert f"process {other.info.backend_pid} (postgres, idle in transaction" in named
        assert "4711" in named
        assert "1 hour" not in str(installed.value("SELECT script_tracking.oldest_transaction()"))
    with psycopg.connect(installed_conninfo, user=role("reader", member_of=("dbtrack_reader",))) as reader:
        assert health(Database.wrap(reader))["seal_lag"] == ("WARNING", details)
    installed.execute("UPDATE script_tracking.seal_state SET last_run_at = now() - interval '3 days'")
    assert "run: dbtrack seal" in health(installed)["seal_lag"][1]
    (finding,) = schema.diagnose(installed)
    assert finding.remedy_sql == "dbtrack seal"
