-- What is usual, to compare with: the 24 hours before these, and the 95th percentile of each type over 28 days.
SELECT 'day before' AS part, m.name, m.value
FROM (
    SELECT coalesce(pg_catalog.sum(e.completed + e.failed + e.cancelled + e.abandoned), 0) AS ended,
        coalesce(pg_catalog.sum(e.completed), 0) AS completed, coalesce(pg_catalog.sum(e.failed), 0) AS failed,
        pg_catalog.sum(e.timed)::pg_catalog.int8 AS timed, pg_catalog.max(e.longest_ms) AS longest_ms,
        pg_catalog.sum(e.histogram) AS histogram
    FROM script_tracking.tally_executions(%(tenant)s::pg_catalog.bytea,
        pg_catalog.date_trunc('minute', pg_catalog.statement_timestamp() - pg_catalog."interval" '48 hours', 'UTC'),
        pg_catalog.date_trunc('minute', pg_catalog.statement_timestamp() - pg_catalog."interval" '24 hours', 'UTC')) AS e
) AS t
CROSS JOIN LATERAL script_tracking.histogram_percentiles('{0.95}', t.histogram, t.timed, t.longest_ms) AS q (percentiles)
CROSS JOIN LATERAL (VALUES
    ('operations', t.ended), ('success_rate', pg_catalog.round(100.0 * t.completed / nullif(t.ended, 0), 2)),
    ('failed', t.failed), ('p95_ms', pg_catalog.round(q.percentiles[1], 3))) AS m (name, value)
UNION ALL
SELECT 'usual p95', u.metric_category, u.usual_value
FROM script_tracking.get_usual_performance(tenant_hk => %(tenant)s::pg_catalog.bytea) AS u
WHERE u.metric_name = 'p95_duration_ms'
