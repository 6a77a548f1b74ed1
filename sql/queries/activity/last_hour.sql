-- How much ran in each five minutes of the last hour, the oldest first, and the 95th percentile of the whole hour.
WITH span AS (
    SELECT pg_catalog.date_bin('5 minutes', pg_catalog.statement_timestamp(), '2000-01-01 00:00:00+00') AS ends
), recent AS MATERIALIZED (
    SELECT pg_catalog.date_bin('5 minutes', s.execution_timestamp, '2000-01-01 00:00:00+00') AS start,
        s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED') AS has_failed, s.execution_duration_ms
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL
        AND s.execution_timestamp >= (SELECT b.ends FROM span AS b) - pg_catalog."interval" '55 minutes'
        AND s.load_date >= (SELECT b.ends FROM span AS b) - pg_catalog."interval" '1 day'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
        AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
)
SELECT b.start, pg_catalog.count(r.start) AS operations, pg_catalog.count(r.start) FILTER (WHERE r.has_failed) AS failed,
    (SELECT pg_catalog.percentile_cont(0.95) WITHIN GROUP (ORDER BY t.execution_duration_ms) FROM recent AS t) AS p95_ms
FROM span AS e
CROSS JOIN LATERAL pg_catalog.generate_series(e.ends - pg_catalog."interval" '55 minutes', e.ends, '5 minutes') AS b (start)
LEFT JOIN recent AS r ON r.start = b.start
GROUP BY b.start
ORDER BY b.start
