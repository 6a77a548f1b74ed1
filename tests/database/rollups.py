"""What the tests of rollups compare: the reports' counts with a plain aggregate over the rows, in one snapshot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

_COMPARE = """
WITH rolled AS (
    SELECT t.script_type, t.completed, t.failed, t.cancelled, t.abandoned, t.timed, coalesce(t.duration_ms, 0) AS total_ms,
        t.longest_ms, coalesce((SELECT sum(u) FROM unnest(t.slot_counts) AS u), 0) AS in_histogram
    FROM script_tracking.tally_executions(%(tenant)s::bytea, %(since)s, %(until)s) AS t
), plain AS (
    SELECT s.script_type, count(*) FILTER (WHERE s.execution_status = 'COMPLETED') AS completed,
        count(*) FILTER (WHERE s.execution_status = 'FAILED') AS failed,
        count(*) FILTER (WHERE s.execution_status = 'CANCELLED') AS cancelled,
        count(*) FILTER (WHERE s.execution_status = 'ABANDONED') AS abandoned,
        count(d.ms) AS timed, coalesce(sum(d.ms), 0) AS total_ms, max(d.ms) AS longest_ms, count(d.ms) AS in_histogram
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
    return [
        (since, until, tenant, *row)
        for since, until in windows()
        for tenant in tenants
        for row in connection.execute(_COMPARE, {"since": since, "until": until, "tenant": tenant}).fetchall()
    ]
