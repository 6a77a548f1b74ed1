-- Each tenant that the caller may see, and the platform if it has rows: the last 24 hours, or another window, in one row.
WITH tally AS MATERIALIZED (
    SELECT t.tenant_hk,
        pg_catalog.sum(t.operations)::pg_catalog.int8 AS operations,
        pg_catalog.sum(t.failed)::pg_catalog.int8 AS failures,
        100.0 * pg_catalog.sum(t.completed) / nullif(pg_catalog.sum(t.ended), 0) AS success_rate,
        pg_catalog.sum(t.duration_ms) / nullif(pg_catalog.sum(t.timed), 0) AS average_ms,
        pg_catalog.max(t.last_started) AS last_started, pg_catalog.max(t.last_day) AS last_day
    FROM script_tracking.tally_tenants(%(tenant)s::pg_catalog.bytea,
        coalesce(%(since)s::pg_catalog.timestamptz,
            coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp()) - pg_catalog."interval" '24 hours'),
        %(until)s::pg_catalog.timestamptz) AS t
    GROUP BY t.tenant_hk
), recent AS (
    SELECT t.tenant_hk, t.operations, t.failures, t.success_rate, t.average_ms, CASE
        WHEN t.last_day IS NULL OR t.last_started >= d.day_end THEN t.last_started
        -- The days do not have the moment. Two queries, because an index on the tenant does not have those without one.
        WHEN t.tenant_hk IS NULL THEN greatest(t.last_started, (
            SELECT pg_catalog.max(s.execution_timestamp) FROM script_tracking.script_execution_s AS s
            WHERE s.load_end_date IS NULL AND s.tenant_hk IS NULL AND s.execution_timestamp >= d.day_start
                AND s.execution_timestamp < d.day_end AND s.load_date >= d.day_start - pg_catalog."interval" '1 day'
                AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')))
        ELSE greatest(t.last_started, (
            SELECT pg_catalog.max(s.execution_timestamp) FROM script_tracking.script_execution_s AS s
            WHERE s.load_end_date IS NULL AND s.tenant_hk = t.tenant_hk AND s.execution_timestamp >= d.day_start
                AND s.execution_timestamp < d.day_end AND s.load_date >= d.day_start - pg_catalog."interval" '1 day'
                AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')))
        END AS last_started
    FROM tally AS t
    LEFT JOIN script_tracking.rollup_day_state AS d ON d.day_start = t.last_day
), running AS (
    SELECT s.tenant_hk, pg_catalog.count(*) AS operations
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    GROUP BY s.tenant_hk
), party AS (
    SELECT h.tenant_hk, h.tenant_bk
    FROM script_tracking.tenant_h AS h
    WHERE %(tenant)s::pg_catalog.bytea IS NULL OR h.tenant_hk = %(tenant)s::pg_catalog.bytea
    UNION ALL
    SELECT NULL, NULL
    WHERE EXISTS (SELECT FROM recent AS e WHERE e.tenant_hk IS NULL)
        OR EXISTS (SELECT FROM running AS e WHERE e.tenant_hk IS NULL)
)
SELECT p.tenant_bk AS tenant,
    (SELECT t.tenant_name FROM script_tracking.tenant_s AS t
     WHERE t.tenant_hk = p.tenant_hk AND t.load_end_date IS NULL) AS tenant_name,
    coalesce(e.operations, 0) AS total_operations_24h,
    coalesce(e.failures, 0) AS failed_operations_24h,
    coalesce(r.operations, 0) AS running_operations,
    pg_catalog.round(e.success_rate, 2) AS success_rate_24h,
    pg_catalog.round(e.average_ms, 3) AS avg_duration_ms,
    e.last_started,
    CASE WHEN e.success_rate > 95 THEN 'OK' WHEN e.success_rate > 80 THEN 'WARNING'
        WHEN e.success_rate IS NULL THEN 'UNKNOWN' ELSE 'CRITICAL' END AS status
FROM party AS p
LEFT JOIN recent AS e ON e.tenant_hk IS NOT DISTINCT FROM p.tenant_hk
LEFT JOIN running AS r ON r.tenant_hk IS NOT DISTINCT FROM p.tenant_hk
ORDER BY p.tenant_bk
