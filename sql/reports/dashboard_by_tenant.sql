-- Each tenant that the caller may see, and the platform if it has rows: the last 24 hours, or another window, in one row.
WITH recent AS (
    SELECT s.tenant_hk,
        pg_catalog.count(*) AS operations,
        pg_catalog.count(*) FILTER (WHERE s.execution_status = 'FAILED') AS failures,
        100.0 * pg_catalog.count(*) FILTER (WHERE s.execution_status = 'COMPLETED')
            / nullif(pg_catalog.count(*) FILTER (WHERE s.execution_status <> 'RUNNING'), 0) AS success_rate,
        pg_catalog.avg(CASE
            WHEN s.execution_status = 'RUNNING' THEN NULL
            WHEN pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
            ELSE s.execution_duration_ms END) AS average_ms,
        pg_catalog.max(s.execution_timestamp) AS last_started
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL
        AND s.execution_timestamp >= coalesce(%(since)s::pg_catalog.timestamptz,
            coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp()) - pg_catalog."interval" '24 hours')
        AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
        -- If an operation failed, the log's entry about its error is counted with the operation.
        AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
    GROUP BY s.tenant_hk
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
