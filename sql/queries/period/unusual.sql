-- What took longest in a period, beside what is usual for it: the median and the 95th percentile of the 90 days before. First
-- what took longer than that percentile, the greatest difference first. A DDL counts as its command on its first object.
-- Fewer than five runs before are no usual.
WITH slowest AS MATERIALIZED (
    SELECT s.script_execution_hk, s.script_name, s.script_type, s.execution_duration_ms,
        CASE WHEN s.script_type = 'DDL_AUTO' THEN s.affected_objects[1] END AS subject
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_duration_ms IS NOT NULL AND s.execution_status <> 'RUNNING'
        AND s.execution_timestamp >= %(since)s::pg_catalog.timestamptz AND s.execution_timestamp < %(until)s::pg_catalog.timestamptz
        AND s.load_date >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '1 day'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    ORDER BY s.execution_duration_ms DESC
    LIMIT 500
), longest AS MATERIALIZED (
    SELECT DISTINCT ON (w.script_name, w.subject) w.*
    FROM slowest AS w
    ORDER BY w.script_name, w.subject, w.execution_duration_ms DESC
), usual AS MATERIALIZED (
    SELECT l.script_execution_hk, pg_catalog.percentile_cont('{0.5,0.95}'::pg_catalog.float8[])
        WITHIN GROUP (ORDER BY s.execution_duration_ms) AS percentiles
    FROM longest AS l
    JOIN script_tracking.script_execution_s AS s ON s.script_name = l.script_name AND s.script_type = l.script_type
        AND (l.subject IS NULL OR s.affected_objects[1] = l.subject)
    WHERE s.load_end_date IS NULL AND s.execution_duration_ms IS NOT NULL AND s.execution_status = 'COMPLETED'
        AND s.execution_timestamp >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '90 days'
        AND s.execution_timestamp < %(since)s::pg_catalog.timestamptz
        AND s.load_date >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '91 days'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    GROUP BY l.script_execution_hk
    HAVING pg_catalog.count(*) >= 5
)
SELECT l.script_execution_hk AS execution_key, l.script_name, l.subject, l.execution_duration_ms AS longest_ms,
    u.percentiles[1] AS p50_ms, u.percentiles[2] AS p95_ms
FROM longest AS l
LEFT JOIN usual AS u ON u.script_execution_hk = l.script_execution_hk
ORDER BY (l.execution_duration_ms > u.percentiles[2]) DESC NULLS LAST,
    CASE WHEN l.execution_duration_ms > u.percentiles[2] THEN l.execution_duration_ms - u.percentiles[2] END DESC NULLS LAST,
    l.execution_duration_ms DESC, l.script_name
LIMIT 8
