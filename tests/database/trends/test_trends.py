"""Trends: the points are what a plain query counts, and a trend is found where one is, and nowhere else."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS, run
from dbtrack.tenants import tenants
from tests.support.command_line import run_dbtrack
from tests.support.servers import Sandbox

# Ten weeks, an execution each 20 minutes and half a day more of them on Mondays; acme becomes slower, beta fails more and more.
_FILL = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, record_source)
SELECT sha256(convert_to(tenant || n || m, 'UTF8')), began, '', sha256(convert_to(tenant, 'UTF8')), 'load of ' || tenant,
    CASE tenant WHEN 'acme' THEN 'MIGRATION' ELSE 'BACKUP' END,
    CASE WHEN tenant = 'beta' AND n % 100 < n / 100 THEN 'FAILED' ELSE 'COMPLETED' END,
    began, CASE tenant WHEN 'acme' THEN 1000 + n ELSE 300 + n * 7919 % 100 END, 'etl', 'test'
FROM unnest('{acme,beta}'::text[]) AS tenant
CROSS JOIN generate_series(1, 70 * 72) AS n
CROSS JOIN LATERAL (SELECT date_trunc('day', now(), 'UTC') - interval '70 days' + n * interval '20 minutes' AS began) AS t
CROSS JOIN LATERAL generate_series(1, CASE extract(isodow FROM began AT TIME ZONE 'UTC') WHEN 1 THEN 2 ELSE 1 END) AS m
"""
_PLAIN = """
SELECT date_trunc(%(step)s, execution_timestamp, %(zone)s), count(*), count(*) FILTER (WHERE execution_status = 'COMPLETED'),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY execution_duration_ms)
FROM script_tracking.script_execution_s
WHERE script_name = 'load of acme' AND execution_timestamp < date_trunc(%(step)s, now(), %(zone)s)
GROUP BY 1 ORDER BY 1
"""


@pytest.fixture(scope="module")
def filled(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        database = Database.wrap(connection)
        for key in ("acme", "beta"):
            tenants.add_tenant(database, key)
        connection.execute(_FILL)
        yield database


def _trends(database: Database, **arguments: object) -> dict[tuple[str, str], dict[str, object]]:
    names = [column.name for column in REPORTS["trends"].columns]
    rows = [dict(zip(names, row, strict=True)) for row in run(database, REPORTS["trends"], arguments)]
    return {(str(row["subject"]), str(row["measure"])): row for row in rows}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("step", ["day", "week"])
def test_the_points_are_those_of_a_plain_query(filled: Database, step: str, zone: str) -> None:
    since = filled.value(
        "SELECT (date_trunc(%(s)s, now() AT TIME ZONE %(z)s) - '56 days'::interval) AT TIME ZONE %(z)s",
        {"s": step, "z": zone},
    )
    plain = [row for row in filled.rows(_PLAIN, {"step": step, "zone": zone}) if row[0] >= since]
    for by, subject in (("tenant", "acme"), ("type", "MIGRATION"), ("name", "load of acme")):
        found = _trends(filled, by=by, step=step, zone=zone, since=since.isoformat())
        assert found[subject, "operations"]["points"] == [row[1] for row in plain]
        success = [100 * row[2] / row[1] for row in plain]
        assert found[subject, "success_rate"]["points"] == pytest.approx(success, abs=0.01)
        # The histogram's slots are 8 % wide.
        assert [float(point) for point in found[subject, "p95_duration_ms"]["points"]] == pytest.approx(  # type: ignore[attr-defined]
            [row[3] for row in plain], rel=0.05
        )


def test_what_was_planted_is_found_with_and_without_rollups(filled: Database) -> None:
    before = _trends(filled, by="tenant", since="63d")
    retention.roll_up(filled)
    assert _trends(filled, by="tenant", since="63d") == before
    assert before["acme", "p50_duration_ms"]["direction"] == "UP"
    assert before["acme", "success_rate"]["direction"] == "STABLE"
    assert before["beta", "success_rate"]["direction"] == "DOWN"
    assert before["beta", "p50_duration_ms"]["direction"] == "STABLE"
    assert before["acme", "operations"]["peak"] == "Mon"
    assert before["acme", "operations"]["direction"] == "STABLE"
    hours = _trends(filled, step="hour")
    assert len(hours["all", "operations"]["points"]) == 168  # type: ignore[arg-type]


def test_a_reader_sees_the_trends_of_its_own_tenants(filled: Database, sandbox: Sandbox) -> None:
    role = sandbox.role("reader", member_of=["dbtrack_reader"])
    tenants.grant_tenant(filled, role, "beta")
    filled.execute(f'SET SESSION AUTHORIZATION "{role}"')
    try:
        assert {subject for subject, _ in _trends(filled, by="tenant")} == {"beta"}
        assert {subject for subject, _ in _trends(filled, by="name")} == {"load of beta"}
    finally:
        filled.execute("RESET SESSION AUTHORIZATION")
        tenants.revoke_tenant(filled, role, "beta")


def test_what_cannot_be_asked_is_refused(filled: Database) -> None:
    with pytest.raises(UsageError, match="no trends by minute"):
        filled.call("get_trends", step="minute")
    with pytest.raises(UsageError, match="no trends of each login"):
        filled.call("get_trends", subject_kind="login")
    with pytest.raises(UsageError, match="no time zone Nowhere/X"):
        filled.call("get_trends", zone="Nowhere/X")


def test_a_wrong_zone_is_a_usage_error(installed_conninfo: str) -> None:
    refused = run_dbtrack("trends", "--zone", "Nowhere/X", "-d", installed_conninfo)
    assert (refused.returncode, "no time zone Nowhere/X" in refused.stderr) == (2, True)


def _seasonal_kendall(points: list[float | None], seasons: int) -> tuple[float, float]:
    """The same from the definition: the median slope, and the probability of such a trend by chance."""
    slopes, s, variance = [], 0, 0.0
    for season in range(seasons):
        own = [
            (place, value)
            for place, value in enumerate(points)
            if place % seasons == season and value is not None
        ]
        for (a, low), (b, high) in combinations(own, 2):
            slopes.append((high - low) / (b - a))
            s += (high > low) - (high < low)
        n = len(own)
        values = [value for _, value in own]
        ties = sum(t * (t - 1) * (2 * t + 5) for t in map(values.count, set(values)))
        variance += (n * (n - 1) * (2 * n + 5) - ties) / 18
    z = max(abs(s) - 1, 0) / math.sqrt(variance)
    return statistics.median(slopes), math.erfc(z / math.sqrt(2))


def test_the_fit_is_the_seasonal_kendall_test(filled: Database) -> None:
    for seasons, drift in ((1, 0.0), (7, 0.02), (7, 0.0), (24, 0.01)):
        # Scattered, with ties, but always the same.
        points: list[float | None] = [
            round(place * place * 7919 % 997 / 100 + drift * place + place % seasons, 1)
            for place in range(120)
        ]
        points[17] = points[40] = None
        slope, probability = filled.rows(
            "SELECT slope, p_value FROM script_tracking.fit_trend(%(points)s::float8[], %(seasons)s)",
            {"points": points, "seasons": seasons},
        )[0]
        expected = _seasonal_kendall(points, seasons)
        assert (slope, probability) == pytest.approx(expected, rel=1e-4, abs=2e-7)


def test_chance_alone_has_a_trend_no_more_often_than_the_significance_says(filled: Database) -> None:
    found = filled.value(
        """
        SELECT count(*) FILTER (WHERE f.p_value < 0.05)
        FROM generate_series(1, 400) AS n
        CROSS JOIN LATERAL script_tracking.fit_trend(ARRAY(
            SELECT ('x' || left(md5(n || '/' || i), 7))::bit(28)::int::float8 FROM generate_series(1, 60) AS i), 7) AS f
        """
    )
    assert found <= 32  # 20 are expected; 32 are 99.8 % of such experiments


def test_the_title_names_the_window(filled: Database) -> None:
    first = _trends(filled)["all", "operations"]["first_step"]
    assert isinstance(first, datetime)
    assert datetime.now(first.tzinfo) - first < timedelta(days=92)


def test_a_series_begins_with_the_first_step_of_its_subject(filled: Database) -> None:
    found = _trends(filled, by="tenant", since="90d")
    for subject in ("acme", "beta"):
        operations = found[subject, "operations"]
        assert operations["direction"] == "STABLE"
        assert operations["peak"] == "Mon"
        assert operations["steps"] == len(operations["points"]) == 70  # type: ignore[arg-type]
        assert min(operations["points"]) > 0  # type: ignore[call-overload]
        first = filled.value("SELECT date_trunc('day', now(), 'UTC') - interval '70 days'")
        assert operations["first_step"] == first
    # In a record that is older, too.
    with filled.transaction(undone=True):
        filled.execute(_FILL.replace("{acme,beta}", "{young}").replace("70", "40"))
        young = _trends(filled, by="name", since="60d")
    assert young["load of young", "operations"]["steps"] == 40
    assert young["load of acme", "operations"]["steps"] == 60
