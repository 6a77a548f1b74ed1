"""Forecasts: each interval is what its own past says, recomputed here, and nothing is predicted from too little."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.predict.duration import Run, interval
from dbtrack.tenants import tenants
from tests.support.foresight import record, reported, runs
from tests.support.history import make_month
from tests.support.servers import Sandbox

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_DURATIONS = [60_000 + 700 * (number * 37 % 13) for number in range(30)]
# Nightly, give or take some minutes; each time it was tried again, in vain.
_MINUTES = [number * 41 % 17 - 8 for number in range(31)]


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
        _fill(database, now)
        yield database


def _fill(database: Database, now: datetime) -> None:
    begin = now - 40 * _DAY
    for tenant, running in (("acme", 10), ("beta", 0.2)):
        record(
            database,
            *runs("load", begin, _DAY, _DURATIONS, tenant=tenant),
            *runs("load", now - timedelta(minutes=running), _DAY, [0], tenant=tenant, status="RUNNING"),
        )
    record(
        database,
        *runs("once", begin, _DAY, [5000] * 4),
        *runs("once", now - _HOUR, _DAY, [0], status="RUNNING"),
    )
    failed = {
        "status": "FAILED",
        "error": "canceling statement due to lock timeout",
        "metadata": {"sqlstate": "55P03"},
    }
    for number, minutes in enumerate(_MINUTES):
        at = now - (31 - number) * _DAY + timedelta(hours=12, minutes=minutes)
        record(database, *runs("nightly", at, timedelta(seconds=20), [3000] * 3, tenant="acme", **failed))
        record(database, *runs("ended", at - 40 * _DAY, _DAY, [1000], **failed))
    for hours in (1, 2, 40, 60, 150, 162, 300, 302, 400, 500, 501, 640):
        record(database, *runs("chaos", now - hours * _HOUR, _DAY, [1000], **failed))
    record(database, *runs("thrice", now - 9 * _DAY, _DAY, [1000] * 3, **failed))


def _of(database: Database, subject: str, **arguments: object) -> dict[str, Any]:
    (found,) = [
        row for row in reported(database, "forecast", **arguments) if row["subject"].startswith(subject)
    ]
    return found


def test_a_running_operation_is_compared_with_its_own_interval(filled: Database, now: datetime) -> None:
    found = {row["tenant"]: row for row in reported(filled, "forecast", kind="operation")}
    assert {tenant: row["state"] for tenant, row in found.items()} == {
        "acme": "LATE",
        "beta": "ON_TIME",
        None: "UNKNOWN",
    }
    expected = interval([Run(1, duration / 1000) for duration in reversed(_DURATIONS)], 1)
    assert expected is not None
    began = now - timedelta(minutes=10)
    ends = [
        (found["acme"][name] - began).total_seconds()
        for name in ("expected_from", "expected_at", "expected_until")
    ]
    assert ends == pytest.approx([expected.low, expected.middle, expected.high], rel=1e-6)
    assert (float(found["acme"]["confidence"]), found["acme"]["cases"]) == (expected.level, 30)
    unknown = found[None]
    assert (unknown["expected_from"], unknown["confidence"], unknown["cases"]) == (None, None, 4)
    assert "too few" in unknown["basis"]


def test_a_failure_that_comes_at_regular_times_is_expected_again(filled: Database, now: datetime) -> None:
    row = _of(filled, "nightly", kind="failure")
    assert row["subject"] == "nightly: 55P03 canceling statement due to lock timeout"
    assert (row["state"], row["tenant"], row["cases"]) == ("EXPECTED", "acme", 93)
    starts = [number * 24 * 60 + minutes for number, minutes in enumerate(_MINUTES)]
    gaps = [later - earlier for earlier, later in pairwise(starts)][::-1]
    first = sorted(gaps[:10])
    middle = (first[4] + first[5]) / 2
    score = sorted(abs(math.log(gap / middle)) for gap in gaps[10:])[math.ceil(21 * 0.9) - 1]
    last = now - _DAY + timedelta(hours=12, minutes=_MINUTES[-1])
    for name, minutes in (
        ("expected_from", middle / math.exp(score)),
        ("expected_at", middle),
        ("expected_until", middle * math.exp(score)),
    ):
        assert abs(row[name] - last - timedelta(minutes=minutes)) < timedelta(seconds=1)
    assert float(row["confidence"]) == 0.9
    assert "31 times in 90 days, each 24" in row["basis"]


def test_what_is_irregular_over_or_rare_is_not_predicted(filled: Database) -> None:
    for name, state in (("chaos", "IRREGULAR"), ("thrice", "UNKNOWN")):
        row = _of(filled, name)
        assert (row["state"], row["expected_from"], row["expected_until"], row["confidence"]) == (
            state,
            None,
            None,
            None,
        )
    assert _of(filled, "ended")["state"] == "PASSED"


def test_partitions_and_retention_run_out_when_the_catalog_says(filled: Database, now: datetime) -> None:
    row = _of(filled, "partitions")
    names = filled.value(
        "SELECT max(right(relname, 7)) FROM pg_class WHERE relname ~ '^script_execution_s_[0-9]{4}_[0-9]{2}$'"
    )
    last = datetime.strptime(names, "%Y_%m").replace(tzinfo=UTC)
    assert row["expected_until"] == (last + 32 * _DAY).replace(day=1)
    assert (row["state"], row["confidence"]) == ("EXPECTED", 1)
    plain = filled.rows(
        "SELECT date_trunc('month', execution_timestamp, 'UTC'), count(*), min(date_trunc('hour', execution_timestamp, 'UTC')) "
        "FROM script_tracking.script_execution_s WHERE execution_status <> 'RUNNING' "
        "AND execution_timestamp < date_trunc('hour', now(), 'UTC') GROUP BY 1 ORDER BY 1"
    )
    before = _of(filled, "the executions of")
    month, count, first = plain[0]
    assert (before["subject"], before["cases"]) == (f"the executions of {month:%Y-%m} are removed", count)
    assert before["expected_from"] == first + 365 * _DAY
    assert before["expected_until"] == (month + 32 * _DAY).replace(day=1) + 365 * _DAY
    retention.roll_up(filled)
    assert _of(filled, "the executions of") == before
    filled.call("set_setting", setting_name="retention.days", setting_value="20")
    assert _of(filled, "the executions of")["state"] == "DUE"
    filled.call("set_setting", setting_name="retention.days", setting_value="365")


def test_the_size_reaches_a_limit_by_the_weeks_before(filled: Database, now: datetime) -> None:
    row = _of(filled, "the record reaches", size_limit="50GB")
    end = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = (end - 91 * _DAY).replace(day=1)
    moments = [
        each[0]
        for each in filled.rows(
            "SELECT execution_timestamp FROM script_tracking.script_execution_s WHERE execution_status <> 'RUNNING' "
            "AND execution_timestamp < date_trunc('hour', now(), 'UTC')"
        )
        if each[0] >= since
    ]
    starts = [end - (91 - 7 * number) * _DAY for number in range(13)]
    weeks = [
        sum(start <= each < start + 7 * _DAY for each in moments)
        for start in starts
        if min(moments) < max(start, starts[0] + _HOUR)
    ]
    found = interval([Run(1, week) for week in reversed(weeks)], 1)
    assert found is not None
    size, taken = filled.rows(
        "SELECT sum(pg_total_relation_size(oid)), sum(pg_total_relation_size(oid)) FILTER (WHERE relname >= %(first)s) "
        "FROM (SELECT c.oid, CASE WHEN c.relispartition AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' THEN right(c.relname, 7) END AS relname "
        "FROM pg_class AS c WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind = 'r' "
        "AND NOT c.relname LIKE 'search%%') AS c",
        {"first": f"{since:%Y_%m}"},
    )[0]
    each = float(taken) / len(moments)
    assert row["cases"] == len(weeks)
    for name, rate in (
        ("expected_from", found.high),
        ("expected_at", found.middle),
        ("expected_until", found.low),
    ):
        expected = (50 * 1024**3 - float(size)) / each / rate
        if expected < 5200:
            assert (row[name] - now) / (7 * _DAY) == pytest.approx(expected, rel=0.02)
    assert _of(filled, "the record reaches", size_limit="1MB")["state"] == "DUE"
    assert _of(filled, "the record reaches", size_limit="9000TB")["state"] == "DISTANT"
    unknown = _of(filled, "the size of the record")
    assert (unknown["state"], unknown["expected_at"]) == ("UNKNOWN", None)
    assert "give a limit" in unknown["basis"]


def test_a_reader_sees_the_predictions_of_its_own_tenant(filled: Database, sandbox: Sandbox) -> None:
    role = sandbox.role("reader", member_of=["dbtrack_reader"])
    tenants.grant_tenant(filled, role, "beta")
    filled.execute(f'SET SESSION AUTHORIZATION "{role}"')
    try:
        found = reported(filled, "forecast", size_limit="50GB")
        assert {(row["prediction_kind"], row["tenant"]) for row in found} == {
            ("operation", "beta"),
            ("retention", None),
        }
        assert next(row["cases"] for row in found if row["prediction_kind"] == "retention") <= 30
    finally:
        filled.execute("RESET SESSION AUTHORIZATION")
        tenants.revoke_tenant(filled, role, "beta")
    assert {row["tenant"] for row in reported(filled, "forecast", kind="failure", tenant="acme")} == {"acme"}


def test_a_new_record_predicts_what_its_catalog_says_only(installed: Database) -> None:
    installed.execute("CREATE TABLE public.orders (id int)")
    found = {
        row["prediction_kind"]: row["state"] for row in reported(installed, "forecast", size_limit="50GB")
    }
    assert found == {"partitions": "EXPECTED", "size": "UNKNOWN"}


def test_what_cannot_be_asked_is_refused(filled: Database) -> None:
    with pytest.raises(UsageError, match="no predictions of the kind weather"):
        filled.call("get_predictions", kind="weather")
    for size in ("much", "1e9", "-1GB", "1000000TB", "50GB; DROP"):
        with pytest.raises(UsageError, match="not a size"):
            reported(filled, "forecast", size_limit=size)


@pytest.mark.any_server
def test_the_interval_is_that_of_the_command_predict(filled: Database) -> None:
    for values in (
        [],
        [5.0],
        [3.0, 4.0, 5.0],
        [1.0 + number * 7 % 11 for number in range(40)],
        [0.0, 2.0, 3.0, 2.5, 0.5, 9.0, 1.0],
    ):
        row = filled.rows(
            "SELECT low, middle, high, level FROM script_tracking.conformal_interval(%(values)s::float8[])",
            {"values": values},
        )[0]
        found = interval([Run(1, value) for value in values], 1)
        if found is None:
            assert row == (None, None, None, None)
        elif found.level is None:
            assert row == (None, pytest.approx(found.middle), None, None)
        else:
            assert row == pytest.approx((found.low, found.middle, found.high, found.level))
