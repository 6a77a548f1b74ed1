"""The filters and windows of the reports, on one record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS, prepare, run
from dbtrack.reports.follow import ErrorFollower
from dbtrack.reports.time_words import Reader
from tests.support.servers import Sandbox
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.any_server

_FILL = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
    execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects, sql_command,
    error_message, metadata, record_source)
SELECT sha256(convert_to(n.name || n.login || n.minutes || random(), 'UTF8')), clock_timestamp(), '', n.name, n.type, n.status,
    clock_timestamp() - make_interval(mins => n.minutes), n.ms, n.login, n.objects::text[], n.statement, n.error,
    n.metadata::jsonb, 'test'
FROM (VALUES
    ('ALTER TABLE', 'DDL_AUTO', 'COMPLETED', 10, 5200, 'alice', '{public.orders}', 'ALTER TABLE public.orders ADD due_on date',
     NULL, '{"application_name": "psql"}'),
    ('ALTER TABLE', 'DDL_AUTO', 'COMPLETED', 20, 2, 'alice', '{public.orders.due_on}', 'alter table ORDERS', NULL,
     '{"application_name": "psql"}'),
    ('CREATE FUNCTION', 'DDL_AUTO', 'COMPLETED', 30, 3, 'deploy', '{"public.recalc_totals(integer,pg_catalog.date)"}', 'CREATE FUNCTION',
     NULL, '{"application_name": "dbt-core"}'),
    ('V42__due_dates', 'MIGRATION', 'FAILED', 40, 134, 'deploy_2', '{}', NULL,
     'check constraint "orders_positive" is violated', '{"sqlstate": "23514", "command": "psql -f V42.sql"}'),
    ('V42__due_dates', 'MIGRATION', 'COMPLETED', 39, 181, 'deploy', '{}', NULL, NULL, '{"command": "psql -f V42.sql"}'),
    ('nightly', 'nightly', 'CANCELLED', 50, 9000, 'etl', '{}', NULL, 'cancelled', '{}'),
    ('nightly', 'nightly', 'RUNNING', 5, NULL, 'etl', '{}', NULL, NULL, '{}')
) AS n (name, type, status, minutes, ms, login, objects, statement, error, metadata)
"""


@pytest.fixture(scope="module")
def filled(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        connection.execute(_FILL)
        # Usual for ALTER TABLE is 2 ms; one is far above it.
        connection.execute(
            "INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, "
            "script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, record_source) "
            "SELECT sha256(n::text::bytea), clock_timestamp(), '', 'ALTER TABLE', 'DDL_AUTO', 'COMPLETED', "
            "now() - n * interval '1 day', 2 + n % 2, 'usual', 'test' FROM generate_series(2, 60) AS n"
        )
        connection.execute(
            "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, waited_ms, lock_mode, "
            "backend_pid, record_source) SELECT s.script_execution_hk, s.execution_timestamp, 'log', 5200, "
            "'AccessExclusiveLock', 1, 'test' FROM script_tracking.script_execution_s AS s WHERE s.execution_duration_ms = 5200"
        )
        yield Database.wrap(connection)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"user": "alice"}, ["ALTER TABLE", "ALTER TABLE"]),
        ({"user": ["alice", "etl"], "failed": True}, ["nightly"]),
        ({"user": "deploy*"}, ["CREATE FUNCTION", "V42__due_dates", "V42__due_dates"]),
        ({"user": "deploy?2"}, ["V42__due_dates"]),
        ({"user": "nobody"}, []),
        ({"object": "public.orders"}, ["ALTER TABLE", "ALTER TABLE"]),
        ({"object": "orders"}, ["ALTER TABLE", "ALTER TABLE"]),
        ({"object": "due_on"}, ["ALTER TABLE"]),
        ({"object": ["due_on", "recalc_totals"]}, ["ALTER TABLE", "CREATE FUNCTION"]),
        ({"object": "public.recalc_totals(integer,date)"}, ["CREATE FUNCTION"]),
        ({"object": "recalc_totals(integer, date)"}, ["CREATE FUNCTION"]),
        ({"object": "recalc*"}, []),
        ({"object": "*.recalc*(integer*"}, ["CREATE FUNCTION"]),
        ({"object": "shop.*"}, []),
        ({"grep": "due_on"}, ["ALTER TABLE"]),
        ({"grep": "orders"}, ["ALTER TABLE", "ALTER TABLE", "V42__due_dates"]),
        ({"grep": "ORDERS"}, ["ALTER TABLE"]),
        ({"grep": "V42.sql"}, ["V42__due_dates", "V42__due_dates"]),
        ({"grep": "%"}, []),
        ({"name": "V42*"}, ["V42__due_dates", "V42__due_dates"]),
        ({"name": "V42__due_dates,nightly"}, ["V42__due_dates", "V42__due_dates", "nightly", "nightly"]),
        ({"name": "v42*"}, []),
        ({"app": "psql"}, ["ALTER TABLE", "ALTER TABLE"]),
        ({"app": "dbt*"}, ["CREATE FUNCTION"]),
        ({"type": "migration"}, ["V42__due_dates", "V42__due_dates"]),
        ({"type": "NIGHTLY"}, ["nightly", "nightly"]),
        ({"type": "migration,ddl_auto", "user": "deploy"}, ["CREATE FUNCTION", "V42__due_dates"]),
        ({"failed": True}, ["V42__due_dates", "nightly"]),
        ({"status": "failed"}, ["V42__due_dates"]),
        ({"waited": True}, ["ALTER TABLE"]),
        ({"slow": True}, ["ALTER TABLE"]),
        ({"slow": True, "user": "alice", "grep": "add due"}, ["ALTER TABLE"]),
        ({"since": "25m"}, ["ALTER TABLE", "ALTER TABLE", "nightly"]),
        ({"since": "45m", "until": "35m"}, ["V42__due_dates", "V42__due_dates"]),
    ],
    ids=str,
)
def test_history_shows_what_matches(filled: Database, arguments: dict[str, Any], names: list[str]) -> None:
    found = run(filled, REPORTS["history"], {"days": 1, **arguments})
    assert sorted(row[1] for row in found) == names


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({}, ["V42__due_dates", "nightly"]),
        ({"failed": True}, ["V42__due_dates", "nightly"]),
        ({"user": "etl"}, ["nightly"]),
        ({"grep": "orders"}, ["V42__due_dates"]),
        ({"name": "V42*", "type": "migration"}, ["V42__due_dates"]),
        ({"user": "alice"}, []),
        ({"user": "deploy*", "until": "45m", "hours": 1}, []),
    ],
    ids=str,
)
def test_errors_by_cause_and_one_by_one_show_the_same(
    filled: Database, arguments: dict[str, Any], names: list[str]
) -> None:
    name_of = {
        report: [c.name for c in REPORTS[report].columns].index("script_name")
        for report in ("errors", "error_list")
    }
    for report, place in name_of.items():
        assert sorted(row[place] for row in run(filled, REPORTS[report], arguments)) == names
    followed = ErrorFollower({**arguments, "since": "1d"}).new(filled) if "until" not in arguments else []
    assert "until" in arguments or sorted(row[1] for row in followed) == names


def test_the_window_that_was_covered_is_known(filled: Database) -> None:
    def window(report: str, **arguments: object) -> tuple[datetime | None, datetime | None]:
        found = prepare(filled, REPORTS[report], arguments, zone=UTC).window
        assert found is not None
        return found.since, found.until

    def ago(moment: datetime | None) -> timedelta:
        assert moment is not None
        return datetime.now(UTC) - moment

    near = timedelta(minutes=2)
    assert abs(ago(window("history")[0]) - timedelta(days=7)) < near
    assert abs(ago(window("errors", hours=3)[0]) - timedelta(hours=3)) < near
    assert abs(ago(window("dashboard")[0]) - timedelta(hours=24)) < near
    since, until = window("performance", until="2h")
    assert abs(ago(until) - timedelta(hours=2)) < near
    assert abs(ago(since) - timedelta(hours=26)) < near
    assert window("never_changed") == (None, None)
    assert prepare(filled, REPORTS["health"], {}).window is None
    since, _ = window("history", since="2026-01-01 00:00+01")
    assert since == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_a_window_that_cannot_be_is_refused(filled: Database) -> None:
    with pytest.raises(UsageError, match='"tomorrow"'):
        run(filled, REPORTS["history"], {"since": "tomorrow"})
    with pytest.raises(UsageError, match="lies in the future"):
        run(filled, REPORTS["history"], {"since": "2999-01-01"})
    with pytest.raises(UsageError, match="no time is after 1h and before 2h"):
        run(filled, REPORTS["history"], {"since": "1h", "until": "2h"})
    assert (
        list(run(filled, REPORTS["history"], {"since": "1h", "until": "2999-01-01", "user": "nobody"})) == []
    )


def test_the_dashboard_of_a_window(filled: Database) -> None:
    def count(**arguments: object) -> Any:
        rows = {row[0]: row[1] for row in run(filled, REPORTS["dashboard"], arguments)}
        return rows["total_operations_24h"], rows["failed_operations_24h"], rows["running_operations"]

    assert count() == (7, 1, 1)
    assert count(since="25m") == (3, 0, 1)
    assert count(since="45m", until="35m") == (2, 1, 1)
    by_tenant = list(run(filled, REPORTS["dashboard_by_tenant"], {"since": "45m", "until": "35m"}))
    assert [row[2:4] for row in by_tenant] == [(2, 1)]


def test_performance_by_name_object_and_user(filled: Database) -> None:
    def rows(by: str, **arguments: object) -> dict[str, dict[str, Any]]:
        report = REPORTS["performance_by"]
        names = [column.name for column in report.columns]
        found = run(filled, report, {"by": by, **arguments})
        return {row[0]: dict(zip(names, row, strict=True)) for row in found}

    by_name = rows("name")
    assert list(by_name) == ["nightly", "ALTER TABLE", "V42__due_dates", "CREATE FUNCTION"]
    altered = by_name["ALTER TABLE"]
    assert (altered["operations"], altered["max_duration_ms"], altered["usual_p95_ms"]) == (2, 5200, 3)
    assert altered["compared_to_usual"] == "AS USUAL"
    # Only the slow one of ten minutes ago.
    late = rows("name", since="15m")["ALTER TABLE"]
    assert (late["trend_direction"], late["compared_to_usual"]) == ("UP", "WORSE")
    assert by_name["V42__due_dates"]["failed_operations"] == 1
    assert by_name["V42__due_dates"]["compared_to_usual"] is None
    assert set(rows("object")) == {
        "public.orders",
        "public.orders.due_on",
        "public.recalc_totals(integer,pg_catalog.date)",
    }
    assert rows("user", limit=1).keys() == {"etl"}
    with pytest.raises(UsageError, match="not a value of by"):
        rows("colour")


def test_what_never_changed(filled: Database) -> None:
    with psycopg.connect(filled.raw.info.dsn, dbname=filled.raw.info.dbname, autocommit=True) as connection:
        for trigger in ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop"):
            connection.execute(f"ALTER EVENT TRIGGER {trigger} DISABLE".encode())
        connection.execute(
            "CREATE TABLE orders (due_on date); CREATE TABLE silent (a serial); CREATE TYPE mood AS ENUM ('a')"
        )
        connection.execute("CREATE TABLE changed_column (a int)")
        for trigger in ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop"):
            connection.execute(f"ALTER EVENT TRIGGER {trigger} ENABLE ALWAYS".encode())
        connection.execute("ALTER TABLE changed_column RENAME a TO b")

    def never(**arguments: object) -> list[tuple[Any, ...]]:
        return [row[:2] for row in run(filled, REPORTS["never_changed"], arguments)]

    assert never() == [("type", "public.mood"), ("table", "public.silent")]
    assert never(object="silent") == [("table", "public.silent")]
    assert ("table", "public.orders") in never(since="5m")


def test_a_reader_without_a_tenant_is_known(filled: Database, role: RoleFactory) -> None:
    reader = role("reader", member_of=("dbtrack_reader",))
    admin = role("admin", member_of=("dbtrack_admin",))
    for login, sees_nothing in ((reader, True), (admin, False)):
        with psycopg.connect(make_conninfo(filled.raw.info.dsn, user=login), autocommit=True) as connection:
            prepared = prepare(Database.wrap(connection), REPORTS["history"], {})
            assert prepared.sees_nothing is sees_nothing
            assert (list(prepared.rows(Database.wrap(connection))) == []) is sees_nothing


def test_parse_moment_in_sql_reads_the_same_words(filled: Database) -> None:
    """The words that SQL knows mean what the command line means by them, in the same zone."""
    with filled.transaction():
        filled.execute("SET LOCAL TimeZone = 'Asia/Kolkata'")
        now = filled.value("SELECT statement_timestamp()")
        reader = Reader(now, ZoneInfo("Asia/Kolkata"))
        for word in ("02:00", "23:59:59", "24h", "7d", "2 hours ago", "-2h", "yesterday", "today", "2026-01-01",
                     "friday", "last monday", "Sun", "thursday", "2026-01-01 02:00+01", "1 month"):  # fmt: skip
            read = filled.value("SELECT script_tracking.parse_moment(%(word)s)", {"word": word})
            assert abs(read - reader.read(word)) < timedelta(minutes=1), word
