-- What ended of what began in a period and in the equally long one before it, with the 95th percentile of the durations.
SELECT p.part, coalesce(pg_catalog.sum(e.completed + e.failed + e.cancelled + e.abandoned), 0)::pg_catalog.int8 AS ended,
    coalesce(pg_catalog.sum(e.completed), 0)::pg_catalog.int8 AS completed,
    pg_catalog.round((script_tracking.histogram_percentiles('{0.95}', pg_catalog.sum(e.histogram),
        pg_catalog.sum(e.timed)::pg_catalog.int8, pg_catalog.max(e.longest_ms)))[1], 3) AS p95_ms
FROM (VALUES
    ('now', %(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz),
    ('before', %(since)s::pg_catalog.timestamptz - (%(until)s::pg_catalog.timestamptz - %(since)s::pg_catalog.timestamptz),
        %(since)s::pg_catalog.timestamptz)) AS p (part, began, ended)
LEFT JOIN LATERAL script_tracking.tally_executions(%(tenant)s::pg_catalog.bytea, p.began, p.ended) AS e ON true
GROUP BY p.part
