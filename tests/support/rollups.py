"""What the tests of rollups compare: the reports' counts with a plain aggregate over the rows, in one snapshot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from dbtrack.sql_files import report

_COMPARE = """
WITH rolled AS (
    SELECT t.script_type, t.completed, t.failed, t.cancelled, t.abandoned, t.timed, coalesce(t.duration_ms, 0) AS total_ms,
        t.longest_ms, t.histogram
    FROM script_tracking.tally_executions(%(tenant)s::bytea, %(since)s, %(until)s) AS t
), plain AS (
    SELECT s.script_type, count(*) FILTER (WHERE s.execution_status = 'COMPLETED') AS completed,
        count(*) FILTER (WHERE s.execution_status = 'FAILED') AS failed,
        count(*) FILTER (WHERE s.execution_status = 'CANCELLED') AS cancelled,
        count(*) FILTER (WHERE s.execution_status = 'ABANDONED') AS abandoned,
        count(d.ms) AS timed, coalesce(sum(d.ms), 0) AS total_ms, max(d.ms) AS longest_ms,
        coalesce(sum(('1e' || 10 * CASE WHEN d.ms >= 0.001 THEN floor(ln(d.ms::float8 * 1000) / ln(1.08::float8)) ELSE 0 END)
            ::numeric) FILTER (WHERE d.ms IS NOT NULL), 0) AS histogram
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL (SELECT coalesce((s.metadata ->> 'duration_us')::numeric / 1000, s.execution_duration_ms) AS ms) AS d
    WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING' AND s.execution_timestamp >= %(since)s
        AND (%(until)s::timestamptz IS NULL OR s.execution_timestamp < %(until)s)
        AND (%(tenant)s::bytea IS NULL OR s.tenant_hk = %(tenant)s::bytea)
    GROUP BY s.script_type
)
(SELECT 'rollup' AS source, r.* FROM rolled AS r EXCEPT ALL SELECT 'rollup', p.* FROM plain AS p)
UNION ALL
(SELECT 'plain', p.* FROM plain AS p EXCEPT ALL SELECT 'plain', r.* FROM rolled AS r)
"""

_COMPARE_CAUSES = """
WITH rolled AS (
    SELECT t.execution_status, t.own_sqlstate, t.ended_by, t.message, t.has_statement, t.has_hint,
        sum(t.occurrences) AS occurrences, min(t.first_seen) AS first_seen, max(t.last_seen) AS last_seen,
        (array_agg(t.last_execution_hk ORDER BY t.last_seen DESC, t.last_version DESC))[1] AS latest,
        (array_agg(t.last_load_date ORDER BY t.last_seen DESC, t.last_version DESC))[1] AS load_date,
        (SELECT array_agg(DISTINCT u) FROM unnest(string_to_array(string_agg(array_to_string(t.users, ','), ','), ',')) AS u)
            AS users,
        (SELECT array_agg(DISTINCT u) FROM unnest(string_to_array(
            string_agg(array_to_string(t.tenants, ','), ',') FILTER (WHERE t.tenants <> '{}'), ',')) AS u) AS tenants
    FROM script_tracking.tally_errors(%(tenant)s::bytea, %(since)s, %(until)s) AS t
    GROUP BY 1, 2, 3, 4, 5, 6
), plain AS (
    SELECT s.execution_status, s.metadata ->> 'sqlstate' AS own_sqlstate, s.metadata ->> 'signal' AS ended_by,
        coalesce(regexp_replace(s.error_message, '[0-9]+', '?'), lower(s.execution_status)) AS message,
        s.metadata ? 'command' AS has_statement, s.metadata ? 'hint' AS has_hint, count(*) AS occurrences,
        min(s.execution_timestamp) AS first_seen, max(s.execution_timestamp) AS last_seen,
        (array_agg(s.script_execution_hk ORDER BY s.execution_timestamp DESC, s.version_number DESC))[1] AS latest,
        (array_agg(s.load_date ORDER BY s.execution_timestamp DESC, s.version_number DESC))[1] AS load_date,
        array_agg(DISTINCT s.db_session_user::text) AS users,
        array_agg(DISTINCT s.tenant_hk::text) FILTER (WHERE s.tenant_hk IS NOT NULL) AS tenants
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        AND s.execution_timestamp >= %(since)s AND (%(until)s::timestamptz IS NULL OR s.execution_timestamp < %(until)s)
        AND (%(tenant)s::bytea IS NULL OR s.tenant_hk = %(tenant)s::bytea)
    GROUP BY 1, 2, 3, 4, 5, 6
)
(SELECT 'rollup' AS source, r.* FROM rolled AS r EXCEPT ALL SELECT 'rollup', p.* FROM plain AS p)
UNION ALL
(SELECT 'plain', p.* FROM plain AS p EXCEPT ALL SELECT 'plain', r.* FROM rolled AS r)
"""

# What trends count by step, of each kind, and of whom; the platform's longest duration is not stored by the hour.
_COMPARE_TRENDS = """
WITH rolled AS (
    SELECT t.subject, date_trunc(%(step)s, t.moment, %(zone)s) AS bucket, sum(t.completed) AS completed, sum(t.ended) AS ended,
        sum(t.timed) AS timed, max(t.longest_ms) FILTER (WHERE t.subject <> '(platform)') AS longest_ms, sum(t.histogram) AS histogram
    FROM script_tracking.trend_counts(%(kind)s, %(tenant)s::bytea, %(since)s, %(until)s, CASE WHEN %(step)s <> 'hour' THEN
        script_tracking.trend_days(%(kind)s, %(tenant)s::bytea, %(since)s, %(until)s, %(step)s, %(zone)s) ELSE '{}' END,
        %(step)s, %(zone)s, %(most)s) AS t
    GROUP BY 1, 2
), every AS (
    SELECT CASE %(kind)s::text WHEN 'type' THEN s.script_type WHEN 'name' THEN s.script_name
            WHEN 'tenant' THEN coalesce(h.tenant_bk, '(platform)') ELSE 'all' END AS subject,
        date_trunc(%(step)s, s.execution_timestamp, %(zone)s) AS bucket,
        count(*) FILTER (WHERE s.execution_status = 'COMPLETED') AS completed, count(*) AS ended, count(d.ms) AS timed,
        max(d.ms) FILTER (WHERE %(kind)s IS DISTINCT FROM 'tenant' OR h.tenant_bk IS NOT NULL) AS longest_ms,
        coalesce(sum(('1e' || 10 * CASE WHEN d.ms >= 0.001 THEN floor(ln(d.ms::float8 * 1000) / ln(1.08::float8)) ELSE 0 END)
            ::numeric) FILTER (WHERE d.ms IS NOT NULL), 0) AS histogram
    FROM script_tracking.script_execution_s AS s
    LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = s.tenant_hk
    CROSS JOIN LATERAL (SELECT coalesce((s.metadata ->> 'duration_us')::numeric / 1000, s.execution_duration_ms) AS ms) AS d
    WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING' AND s.execution_timestamp >= %(since)s
        AND s.execution_timestamp < %(until)s AND (%(tenant)s::bytea IS NULL OR s.tenant_hk = %(tenant)s::bytea)
    GROUP BY 1, 2
), plain AS (
    SELECT e.* FROM every AS e
    WHERE e.subject IN (SELECT b.subject FROM every AS b GROUP BY b.subject ORDER BY sum(b.ended) DESC, b.subject LIMIT %(most)s)
)
(SELECT 'rollup' AS source, r.* FROM rolled AS r EXCEPT ALL SELECT 'rollup', p.* FROM plain AS p)
UNION ALL
(SELECT 'plain', p.* FROM plain AS p EXCEPT ALL SELECT 'plain', r.* FROM rolled AS r)
"""
# What the dashboard by tenant shows, without what runs now.
_PLAIN_TENANTS = """
SELECT h.tenant_bk, count(*), count(*) FILTER (WHERE s.execution_status = 'FAILED'),
    round(100.0 * count(*) FILTER (WHERE s.execution_status = 'COMPLETED')
        / nullif(count(*) FILTER (WHERE s.execution_status <> 'RUNNING'), 0), 2),
    round(avg(coalesce((s.metadata ->> 'duration_us')::numeric / 1000, s.execution_duration_ms))
        FILTER (WHERE s.execution_status <> 'RUNNING'), 3),
    max(s.execution_timestamp)
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = s.tenant_hk
WHERE s.load_end_date IS NULL AND s.execution_timestamp >= %(since)s
    AND (%(until)s::timestamptz IS NULL OR s.execution_timestamp < %(until)s)
    AND (%(tenant)s::bytea IS NULL OR s.tenant_hk = %(tenant)s::bytea)
GROUP BY h.tenant_bk
"""
_TREND_NAMES = ("step", "zone", "kind", "most")
# The second is not a zone in which days are counted, and in it an hour belongs to the day in which it begins. All, or the first two.
_TREND_CASES = (
    *(("day", "UTC", kind, 1000) for kind in (None, "type", "tenant", "name")),
    ("day", "Asia/Kolkata", "name", 1000),
    *(("week", "UTC", kind, 1000) for kind in (None, "type", "tenant")),
    ("week", "UTC", "name", 2),
    ("hour", "UTC", "tenant", 2),
    ("hour", "UTC", "name", 2),
)


def windows(now: datetime | None = None) -> list[tuple[datetime, datetime | None]]:
    """Spans of time whose edges fall on minutes, on ten minutes, on hours, on nothing, and outside all."""
    now = now or datetime.now(UTC)
    minute = now.replace(second=0, microsecond=0)
    day = timedelta(days=1)
    return [
        (minute - day, None),
        (minute - 2 * day, minute - day),
        (now - timedelta(hours=5, seconds=17), now - timedelta(minutes=3, seconds=4)),
        (now - timedelta(minutes=7), None),
        (minute.replace(minute=0) - 10 * day, minute.replace(minute=0) - timedelta(hours=3)),
        (now - 400 * day, None),
        (now - 6 * day, now - 5.3 * day),
    ]


def differences(
    connection: psycopg.Connection[Any], tenants: tuple[bytes | None, ...] = (None,)
) -> list[tuple[Any, ...]]:
    """Where the rollups and the rows disagree: nowhere, if all is well."""
    return trend_differences(connection, tenants) + [
        (since, until, tenant, *row)
        for since, until in windows()
        for tenant in tenants
        for query in (_COMPARE, _COMPARE_CAUSES)
        for row in connection.execute(query, {"since": since, "until": until, "tenant": tenant}).fetchall()
    ]


def tenant_differences(
    connection: psycopg.Connection[Any], tenants: tuple[bytes | None, ...] = (None,)
) -> set[tuple[Any, ...]]:
    """Where the dashboard by tenant differs from the rows, in a database to which nobody writes."""
    found: set[tuple[Any, ...]] = set()
    for since, until in windows():
        for tenant in tenants:
            values = {"since": since, "until": until, "tenant": tenant}
            rows = connection.execute(report("dashboard_by_tenant"), values).fetchall()
            shown = {(row[0], row[2], row[3], *row[5:8]) for row in rows if row[2]}
            found |= shown ^ set(connection.execute(_PLAIN_TENANTS, values).fetchall())
    return found


def trend_differences(
    connection: psycopg.Connection[Any], tenants: tuple[bytes | None, ...] = (None,), days: int = 40
) -> list[tuple[Any, ...]]:
    """Where what trends count by each step, of each kind, differs from the rows."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    span = {"since": midnight - timedelta(days=days), "until": midnight + timedelta(days=1)}
    return [
        (*case, *row)
        for case in _TREND_CASES
        for tenant in tenants
        for row in connection.execute(
            _COMPARE_TRENDS,
            {**span, **dict(zip(_TREND_NAMES, case, strict=True)), "tenant": tenant},
        ).fetchall()
    ]
