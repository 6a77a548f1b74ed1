"""Seventy days of two tenants, with anomalies planted in the last of them, and what is usual by definition."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from dbtrack.tenants import tenants

_RECORD = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
    execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, metadata, record_source)
SELECT sha256(convert_to(concat(i.tenant, i.kind, i.login, i.at, i.n, i.command), 'UTF8')), i.at, '',
    sha256(convert_to(i.tenant, 'UTF8')), i.kind, i.kind, i.status, i.at, i.ms, i.login, i.address::inet,
    CASE WHEN i.command IS NULL THEN '{{}}' ELSE '{{app.item}}'::text[] END,
    jsonb_strip_nulls(jsonb_build_object('application_name', i.application, 'command_tag', i.command, 'agent', i.agent)), 'test'
FROM ({items}) AS i
"""
# An hour that began so many hours before this one.
_HOURS = "SELECT date_trunc('hour', now(), 'UTC') - g * interval '1 hour' AS hour, g FROM generate_series({first}, {last}) AS g"
_USUAL = """
SELECT t.tenant, 'LOAD' AS kind, 'etl_' || t.tenant AS login, h.hour + n * interval '1 minute' AS at, n, NULL AS command,
    CASE WHEN (h.g * 7 + n) % 61 = 0 THEN 'FAILED' ELSE 'COMPLETED' END AS status, 500 + (h.g * 31 + n * 17) % 400 AS ms,
    '10.0.0.1' AS address, 'airflow ' || h.g AS application, NULL AS agent
FROM ({hours}) AS h CROSS JOIN (VALUES ('acme', 3), ('beta', 1)) AS t (tenant, size)
CROSS JOIN LATERAL generate_series(1, t.size + (h.g * 13) % 3) AS n
UNION ALL
SELECT 'acme', 'DDL_AUTO', 'deploy', h.hour + n * interval '1 minute', n, 'ALTER TABLE', 'COMPLETED', 20 + (h.g + n) % 9, '10.0.0.2',
    'flyway', NULL
FROM ({hours}) AS h CROSS JOIN LATERAL generate_series(1, 2 + h.g % 4) AS n WHERE h.g % 41 = 0
"""
_WAITS = """
INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, lock_mode, backend_pid,
    record_source)
SELECT sha256('waiting'), h.hour + interval '1 minute', s, sha256('acme'), {ms}, 'AccessExclusiveLock', 1, 'test'
FROM ({hours}) AS h CROSS JOIN unnest('{{log,track}}'::text[]) AS s
"""
_ROWS = """
SELECT date_trunc('hour', s.execution_timestamp, 'UTC'), s.script_type, s.tenant_hk, s.db_session_user, count(*),
    count(*) FILTER (WHERE s.execution_status <> 'COMPLETED'), avg(s.execution_duration_ms)
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING'
GROUP BY GROUPING SETS ((1, 2), (1, 2, 3), (1, 3, 4))
HAVING s.tenant_hk IS NOT NULL OR grouping(s.tenant_hk) = 1
"""

# Everything that is kept, but for when and by which transaction it was noted.
KEPT = (
    "SELECT seen_kind, tenant_hk, db_session_user, subject, first_at, script_execution_hk FROM script_tracking.first_seen",
    "SELECT hour_start, tenant_hk, db_session_user, ended, failed, timed, duration_ms, out_of_hours FROM script_tracking.rollup_login",
    "SELECT hour_start, measure, subject_kind, tenant_hk, subject, value, expected, deviation, score FROM script_tracking.anomaly_score",
    "SELECT measure, subject_kind, tenant_hk, subject, expected, deviation FROM script_tracking.anomaly_usual",
)
DDL = {
    "kind": "DDL_AUTO",
    "login": "deploy",
    "command": "ALTER TABLE",
    "application": "flyway",
    "address": "10.0.0.2",
    "ms": 20,
}

Series = tuple[str, str, bytes, str]
"""Measure, kind of subject, tenant, subject."""


def record(database: Database, items: str) -> None:
    """Record executions, given as a query; see `one`."""
    database.execute(_RECORD.format(items=items))


def record_usual(database: Database, first: int, last: int) -> None:
    """Record what is usual in the hours that began so many hours ago."""
    record(database, _USUAL.format(hours=_HOURS.format(first=first, last=last)))


def record_waits(database: Database, hours_ago: int, milliseconds: int) -> None:
    """Record a wait for a lock that the log and dbtrack track both saw."""
    database.execute(_WAITS.format(ms=milliseconds, hours=_HOURS.format(first=hours_ago, last=hours_ago)))


def many(count: int, hours_ago: int, **values: object) -> str:
    """A query for so many executions of an hour, for `record`."""
    chosen: dict[str, object] = {
        "tenant": "acme",
        "kind": "LOAD",
        "login": "etl_acme",
        "status": "COMPLETED",
        "ms": 600,
        "address": "10.0.0.1",
        "application": "airflow 7",
        "command": None,
        "agent": None,
    } | values
    columns = ", ".join(
        f"{value if isinstance(value, int) else 'NULL::text' if value is None else repr(value)} AS {name}"
        for name, value in chosen.items()
    )
    hours = _HOURS.format(first=hours_ago, last=hours_ago)
    return (
        f"SELECT {columns}, h.hour + n * interval '100 milliseconds' AS at, -n AS n "
        f"FROM ({hours}) AS h, generate_series(1, {count}) AS n"
    )


def add_tenants(database: Database) -> None:
    """Add the tenants."""
    for key in ("acme", "beta"):
        tenants.add_tenant(database, key)


def advance(database: Database) -> None:
    """Bring the anomalies up to date."""
    for _ in range(20):
        if database.call("advance_anomalies")[0][0] == "done":
            return
    raise AssertionError("it does not end")


def series_by_rows(database: Database) -> Mapping[Series, Mapping[datetime, float]]:
    """The hourly series by a plain query of the rows."""
    found: dict[Series, dict[datetime, float]] = defaultdict(dict)
    for hour, kind, tenant, login, ended, failed, mean in database.rows(_ROWS):
        subject_kind = "login" if login else "tenant" if tenant else "type"
        values = {"operations": ended, "failures": failed, "duration_ms": mean}
        for measure, value in values.items():
            if value is None:  # dbtrack's own
                continue
            found[measure, subject_kind, bytes(tenant or b""), login or kind][hour] = float(value)
    return found


def usual_by_definition(
    measure: str, series: Mapping[datetime, float], hour: datetime
) -> tuple[float, float] | None:
    """The mean and the deviation of what is usual in an hour, from docs/anomalies.md; None: too little is known."""
    past = {at: value for at, value in series.items() if hour - timedelta(hours=1344) <= at < hour}
    if not past or hour - min(past) < timedelta(days=14):
        return None
    if measure == "duration_ms":
        return _usual_duration(past, hour)
    hours = (hour - min(past)) // timedelta(hours=1)
    active = [value for value in past.values() if value]
    if 2 * len(active) < hours:
        mean = sum(active) / len(active) if active else 0.0
        return mean, max(_deviation(active), math.sqrt(mean + 1))
    weeks = (hour - min(past)) // timedelta(days=7)
    same = [past.get(hour - week * timedelta(days=7), 0.0) for week in range(1, weeks + 1)]
    mean = sum(same) / weeks
    whole = [*past.values(), *[0.0] * (hours - len(past))]
    return mean, max(_deviation(same), 0.5 * _deviation(whole), math.sqrt(mean + 1))


def _usual_duration(past: Mapping[datetime, float], hour: datetime) -> tuple[float, float] | None:
    logarithms = {at: round(math.log(value), 6) for at, value in past.items()}
    if len(logarithms) < 20:
        return None
    values = list(logarithms.values())
    same = [value for at, value in logarithms.items() if (hour - at) % timedelta(days=7) == timedelta(0)]
    mean = sum(values) / len(values)
    if len(same) >= 3:
        mean = max(mean, sum(same) / len(same))
    return mean, max(0.35, _deviation(values))


def _deviation(values: list[float]) -> float:
    if not values:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def found(database: Database, **arguments: object) -> list[dict[str, Any]]:
    """Return the rows of the report."""
    names = [column.name for column in REPORTS["anomalies"].columns]
    return [dict(zip(names, row, strict=True)) for row in run(database, REPORTS["anomalies"], arguments)]


def kept(database: Database) -> list[list[Any]]:
    """Return everything that is kept."""
    return [sorted(database.rows(query), key=repr) for query in KEPT]
