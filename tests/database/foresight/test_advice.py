"""Advice: each planted cost is found with its seconds and its evidence, recomputed by a plain query, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import median
from typing import Any

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.errors import ExitCode, UsageError
from dbtrack.proof.seal import seal
from dbtrack.tenants import tenants
from tests.support.command_line import run_dbtrack
from tests.support.foresight import record, reported, runs
from tests.support.history import make_month
from tests.support.servers import Sandbox

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LOCKED = {
    "status": "FAILED",
    "error": "canceling statement due to lock timeout",
    "metadata": {"sqlstate": "55P03"},
}
_SLOWER = [20_000 + 900 * number + number * 7919 % 1500 for number in range(20)]
_STEADY = [90_000 + number * 7919 % 9000 for number in range(20)]
_GB = 1024**3
_WAIT = (
    "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, is_acquired, "
    "lock_mode, object_identity, backend_pid, record_source) VALUES (decode(%(key)s, 'hex'), %(at)s, %(by)s, "
    "sha256(%(tenant)s::bytea), %(ms)s, %(got)s, 'AccessExclusiveLock', %(on)s, %(pid)s, 'test')"
)


@pytest.fixture(scope="module")
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def filled(_module_sandbox: Sandbox, installed_template: str, now: datetime) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        database = Database.wrap(connection)
        for key in ("acme", "beta"):
            tenants.add_tenant(database, key)
        month = (now - 100 * _DAY).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while month < now.replace(day=1, hour=0, minute=0, second=0, microsecond=0):
            make_month(database, month)
            month = (month + 32 * _DAY).replace(day=1)
        _fill(database, now - 60 * _DAY)
        yield database


def _fill(database: Database, begin: datetime) -> None:
    """Plant what advice is about, and beside each what only looks like it."""
    record(
        database,
        *runs("flaky", begin, 2 * _DAY, [30_000] * 25, tenant="acme", **_LOCKED),
        *runs("flaky", begin + 4 * _MINUTE, 2 * _DAY, [50_000] * 25, tenant="acme"),
        *runs("flaky", begin, 2 * _DAY, [60_000] * 2, tenant="beta", **_LOCKED),
        *runs("fixed", begin, _DAY, [30_000] * 5, tenant="acme", **_LOCKED),
        *runs("fixed", begin + 6 * _DAY, _DAY, [30_000] * 6, tenant="acme"),
        *runs("other errors", begin, _DAY, [1000], status="FAILED", error="one"),
        *runs("other errors", begin + _DAY, _DAY, [1000] * 2, status="FAILED", error="two"),
        *runs("slower", begin, 3 * _DAY, _SLOWER, tenant="acme"),
        *runs("steady", begin, 3 * _DAY, _STEADY, tenant="acme"),
        *runs("young", begin, 3 * _DAY, [1000 * number for number in range(1, 8)], tenant="acme"),
    )
    build = {"name": "CREATE INDEX", "type": "DDL_AUTO", "tenant": "acme", "milliseconds": 40_000}
    statement = "CREATE INDEX {}i ON public.{} (a)"
    large = {"metadata": {"relation_size": {"public.large": [9_000_000, 131072, _GB]}}}
    small = {"metadata": {"relation_size": {"public.small": [90, 1, 8192]}}}
    asked = {"metadata": {"relation_size": {"public.asked": [90, 1, 8192]}}}
    at = iter(range(100))
    for table, word, more in (
        ("large", "", large),
        ("large", "CONCURRENTLY ", large),
        ("small", "", small),
        ("asked", "", asked),
    ):
        began = begin + next(at) * _DAY + timedelta(hours=1)
        text = statement.format(word, table)
        (key,) = record(database, {**build, **more, "began": began, "statement": text})
        if table == "asked":
            (late,) = record(
                database,
                *runs("ALTER TABLE", began + 30 * _MINUTE, _DAY, [100], type="DDL_AUTO", tenant="acme"),
            )
            wait = {"by": "log", "tenant": "acme", "got": True, "on": "public.asked", "pid": 7}
            database.execute(_WAIT, {**wait, "key": late, "at": began + timedelta(seconds=5), "ms": 30_000})
            # The same wait, as dbtrack track saw it; one that failed; and one too short to speak of.
            database.execute(
                _WAIT, {**wait, "key": key, "by": "track", "at": began + timedelta(seconds=6), "ms": 29_000}
            )
            database.execute(_WAIT, {**wait, "key": late, "at": began + _DAY, "ms": 500, "got": False})
            database.execute(
                _WAIT, {**wait, "key": late, "at": began + 2 * _DAY, "ms": 400, "on": "public.rare"}
            )


def _advice(database: Database, **arguments: object) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["advice_kind"], row["subject"]): row for row in reported(database, "advise", **arguments)}


def test_what_was_planted_is_found_in_order_of_time_and_nothing_else(filled: Database) -> None:
    found = _advice(filled)
    assert [*found] == [
        ("failure", "flaky"),
        ("slower", "slower"),
        ("build", "public.asked"),
        ("build", "public.large"),
        ("lock", "public.asked (AccessExclusiveLock)"),
    ]
    assert {row["tenant"] for row in found.values()} == {"acme"}
    seconds = [row["seconds_a_month"] for row in found.values()]
    assert seconds == sorted(seconds, reverse=True)


def test_the_seconds_and_the_evidence_are_those_of_a_plain_query(filled: Database, now: datetime) -> None:
    found = {subject: row for (_, subject), row in _advice(filled).items()}
    count, seconds, first, last = filled.rows(
        "SELECT count(*), sum(execution_duration_ms) / 1000, min(execution_timestamp), max(execution_timestamp) "
        "FROM script_tracking.current_execution WHERE script_name = 'flaky' AND tenant_bk = 'acme' "
        "AND execution_status = 'FAILED'"
    )[0]
    row = found["flaky"]
    assert (row["cases"], row["first_seen"], row["last_seen"]) == (count, first, last)
    assert float(row["seconds_a_month"]) == pytest.approx(float(seconds) / 3, rel=1e-3)
    assert row["evidence"].startswith(
        f"failed {count} times: 55P03 canceling statement due to lock timeout; completed 25 times, the last at "
    )
    assert row["evidence"].endswith("usually 4.0 minutes after a failure")
    assert row["statement"] == f"dbtrack show {row['execution_keys'][0][:12]}"
    # Twice within twelve weeks, and half of what it would be in six.
    half = _advice(filled, since="45d")["failure", "flaky"]
    assert half["cases"] < count
    wait = found["public.asked (AccessExclusiveLock)"]
    assert float(wait["seconds_a_month"]) == pytest.approx(30.5 / 3, rel=1e-3)
    assert wait["cases"] == 1
    assert "the longest 30.0 s; 1 waits ended without it" in wait["evidence"]
    assert wait["statement"].startswith("SET lock_timeout")
    large = found["public.large"]
    assert float(large["seconds_a_month"]) == pytest.approx(40 / 3, rel=1e-3)
    assert large["evidence"] == "1 indexes were built in 40.0 s, while writes waited; the table had 1024 MB"
    assert large["statement"] == "CREATE INDEX CONCURRENTLY i ON public.large (a)"
    assert "1 executions waited for it" in found["public.asked"]["evidence"]
    slopes = [(b - a) / (n - m) for (m, a), (n, b) in combinations(enumerate(_SLOWER), 2)]
    rise = median(slopes) * 19
    slower = found["slower"]
    assert float(slower["seconds_a_month"]) == pytest.approx(rise / 2000 * 20 / 3, rel=1e-3)
    s = sum((b > a) - (b < a) for a, b in combinations(_SLOWER, 2))
    chance = math.erfc((s - 1) / math.sqrt(20 * 19 * 45 / 18) / math.sqrt(2))
    assert f"fewer than {math.ceil(1000 * chance)} of 1,000 series" in slower["evidence"]


def test_how_long_after_a_failure_counts_only_failures_whose_next_success_was_read(
    filled: Database, now: datetime
) -> None:
    begin = now - 10 * _DAY
    with filled.transaction(undone=True):
        # More failures than successes since then, or it would count as over; nine of the last ten are before what is read.
        record(
            filled,
            *runs("busy", begin - 400 * _MINUTE, _MINUTE, [1000] * 340, **_LOCKED),
            *runs("busy", begin - 400 * _MINUTE + timedelta(seconds=60.5), _MINUTE, [1000] * 340),
            *runs("busy", begin + _DAY, 2 * _MINUTE, [1000] * 2, **_LOCKED),
            *runs("busy", begin + _DAY + _MINUTE, 2 * _MINUTE, [1000] * 2),
            *runs("busy", begin + 2 * _DAY, _MINUTE, [1000] * 298),
        )
        evidence = _advice(filled)["failure", "busy"]["evidence"]
    assert "completed 300 times or more" in evidence
    assert evidence.endswith("usually 1.0 minutes after a failure")


def test_a_failure_that_is_resolved_is_not_listed_until_it_fails_again(
    filled: Database, now: datetime
) -> None:
    key = _advice(filled, kind="failure")["failure", "flaky"]["execution_keys"][0]
    filled.call("resolve_execution", execution_key=bytes.fromhex(key), reason="lock_timeout is set now")
    assert not _advice(filled, kind="failure")
    with filled.transaction():
        record(filled, *runs("flaky", now - _MINUTE, _DAY, [30_000], tenant="acme", **_LOCKED))
        assert [*_advice(filled, kind="failure")] == [("failure", "flaky")]
        filled.execute(
            "DELETE FROM script_tracking.script_execution_s WHERE execution_timestamp > now() - interval '1 hour'"
        )
    filled.execute("DELETE FROM script_tracking.execution_resolution_s")


def test_a_reader_is_advised_about_its_own_tenant_only(filled: Database, sandbox: Sandbox) -> None:
    role = sandbox.role("reader", member_of=["dbtrack_reader"])
    tenants.grant_tenant(filled, role, "beta")
    filled.execute(f'SET SESSION AUTHORIZATION "{role}"')
    try:
        assert not _advice(filled)
        filled.execute("RESET SESSION AUTHORIZATION")
        tenants.grant_tenant(filled, role, "acme")
        filled.execute(f'SET SESSION AUTHORIZATION "{role}"')
        assert len(_advice(filled)) == 5
        assert not _advice(filled, tenant="beta")
    finally:
        filled.execute("RESET SESSION AUTHORIZATION")
        for key in ("acme", "beta"):
            tenants.revoke_tenant(filled, role, key)


@pytest.mark.every_server
def test_what_is_left_over_is_found_in_the_catalog(installed: Database, sandbox: Sandbox) -> None:
    idle, busy, group = (sandbox.role(name, login=name != "group") for name in ("idle", "busy", "group"))
    installed.execute("CREATE TABLE public.orders (id int)")
    installed.execute("INSERT INTO public.orders VALUES (1), (1)")
    installed.execute("CREATE SCHEMA shop")
    for role in (idle, busy, group):
        installed.execute(f'GRANT CREATE ON SCHEMA shop TO "{role}"')
    installed.execute(f'GRANT "{group}" TO "{idle}"')
    assert not _advice(installed), "nothing is unused on its first day, and no index is invalid"
    with pytest.raises(psycopg.errors.UniqueViolation):
        installed.raw.execute("CREATE UNIQUE INDEX CONCURRENTLY orders_once ON public.orders (id)")
    # A record of 60 days, in which busy ran something.
    installed.execute(
        "UPDATE script_tracking.schema_migration SET applied_at = applied_at - interval '60 days'"
    )
    installed.execute("UPDATE script_tracking.object_s SET load_date = load_date - interval '40 days'")
    record(installed, *runs("load", datetime.now(UTC) - 40 * _DAY, _DAY, [1000], login=busy))
    retention.maintain(installed)
    found = _advice(installed)
    assert {subject for _, subject in found} == {
        "public.orders_once",
        f'CREATE on SCHEMA shop to "{idle}"' if not idle.islower() else f"CREATE on SCHEMA shop to {idle}",
        f"CREATE on SCHEMA shop to {group}",
    }
    index = found["invalid", "public.orders_once"]
    assert index["statement"] == "DROP INDEX CONCURRENTLY public.orders_once;"
    grant = found["grant", f"CREATE on SCHEMA shop to {group}"]
    assert grant["statement"] == f"REVOKE CREATE ON SCHEMA shop FROM {group};"
    assert grant["evidence"].startswith(f"nothing that {idle} ran is recorded since ")
    for row in found.values():
        assert row["seconds_a_month"] is None
        if "lock_timeout" not in row["statement"]:
            installed.raw.execute(row["statement"].encode())
    assert not _advice(installed)


def test_who_holds_the_rollups_or_seals_back_is_named(installed: Database, installed_conninfo: str) -> None:
    retention.roll_up(installed)
    installed.execute(
        "UPDATE script_tracking.rollup_state SET advanced_at = advanced_at - interval '2 hours'"
    )
    with psycopg.connect(installed_conninfo) as other:
        other.execute("SELECT script_tracking.advance_rollups()")
        row = _advice(installed)["behind", "rollup_lag"]
        assert row["statement"] == f"SELECT pg_terminate_backend({other.info.backend_pid});"
        assert row["evidence"] == installed.value("SELECT details FROM script_tracking.get_rollup_health()")
    assert not _advice(installed)
    installed.execute("SELECT script_tracking.track_operation('sealed')")
    seal(installed)
    installed.execute("UPDATE script_tracking.seal_state SET sealed_before = now() - interval '3 hours'")
    # Which one it was is not known any more.
    assert _advice(installed)["behind", "seal_lag"]["statement"] == "dbtrack health"


def test_a_script_can_ask_by_the_exit_code(installed: Database, installed_conninfo: str) -> None:
    environment = {"DBTRACK_DSN": installed_conninfo}
    result = run_dbtrack("advise", "--exit-code", "--format", "jsonl", environment=environment)
    assert (result.returncode, result.stdout) == (0, "")
    for _ in range(3):
        key = installed.call_value("track_operation", script_name="nightly")
        installed.call("complete_operation", execution_hk=key, success=False, error_message="disk full")
    assert run_dbtrack("advise", environment=environment).returncode == 0
    result = run_dbtrack("advise", "--exit-code", "--format", "csv", environment=environment)
    assert (result.returncode, "failed 3 times: disk full" in result.stdout) == (ExitCode.FINDINGS, True)
    assert run_dbtrack("advise", "--kind", "all", environment=environment).returncode == 2


def test_what_cannot_be_asked_is_refused(filled: Database) -> None:
    with pytest.raises(UsageError, match="no advice of the kind horoscope"):
        filled.call("get_advice", kind="horoscope")
