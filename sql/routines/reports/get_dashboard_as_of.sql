-- Shows the same numbers as get_enterprise_dashboard, as the record stood at a moment. Rollups know only what became of
-- executions, so the rows are counted. What nobody recorded, the health of the installation, is unknown.
CREATE OR REPLACE FUNCTION script_tracking.get_dashboard_as_of(
    as_of pg_catalog.timestamptz,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    metric_name pg_catalog.text,
    metric_value pg_catalog."numeric",
    metric_unit pg_catalog.text,
    status pg_catalog.text,
    last_updated pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_since CONSTANT pg_catalog.timestamptz := coalesce(get_dashboard_as_of.since,
        least(coalesce(get_dashboard_as_of.until, 'infinity'), get_dashboard_as_of.as_of) - pg_catalog."interval" '24 hours');
BEGIN
    RETURN QUERY
    WITH execution AS MATERIALIZED (
        SELECT s.execution_status, s.script_type,
            CASE WHEN s.execution_duration_ms IS NOT NULL AND jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE s.execution_duration_ms END AS duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date <= get_dashboard_as_of.as_of
            AND (s.load_end_date IS NULL OR s.load_end_date > get_dashboard_as_of.as_of)
            AND s.load_date >= c_since - pg_catalog."interval" '1 day'
            AND s.execution_timestamp >= c_since
            AND (get_dashboard_as_of.until IS NULL OR s.execution_timestamp < get_dashboard_as_of.until)
            AND (get_dashboard_as_of.tenant_hk IS NULL OR s.tenant_hk = get_dashboard_as_of.tenant_hk)
            -- If an operation failed, the log's entry about its error is counted with the operation.
            AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
    ), tally AS (
        SELECT count(*) AS operations, count(*) FILTER (WHERE e.execution_status <> 'RUNNING') AS ended,
            count(*) FILTER (WHERE e.execution_status = 'COMPLETED') AS completed,
            count(*) FILTER (WHERE e.execution_status = 'FAILED') AS failures,
            count(*) FILTER (WHERE e.execution_status IN ('CANCELLED', 'ABANDONED')) AS unfinished,
            count(*) FILTER (WHERE e.script_type = 'DDL_AUTO') AS ddl_operations,
            count(*) FILTER (WHERE e.execution_status = 'RUNNING') AS running,
            avg(e.duration_ms) AS average_ms, max(e.duration_ms) AS slowest_ms,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY e.duration_ms)::pg_catalog."numeric" AS p95_ms
        FROM execution AS e
    ), rate AS (
        SELECT t.*, 100.0 * t.completed / nullif(t.ended, 0) AS success_rate FROM tally AS t
    )
    SELECT m.name, m.value, m.unit, m.status, get_dashboard_as_of.as_of
    FROM rate AS t
    CROSS JOIN LATERAL (VALUES
        (1, 'total_operations_24h', t.operations::pg_catalog."numeric", 'count', 'OK'),
        (2, 'success_rate_24h', round(t.success_rate, 2), 'percent', CASE WHEN t.success_rate > 95 THEN 'OK'
            WHEN t.success_rate > 80 THEN 'WARNING' WHEN t.success_rate IS NULL THEN 'UNKNOWN' ELSE 'CRITICAL' END),
        (3, 'failed_operations_24h', t.failures, 'count',
            CASE WHEN t.failures = 0 THEN 'OK' WHEN t.success_rate > 80 THEN 'WARNING' ELSE 'CRITICAL' END),
        (4, 'unfinished_operations_24h', t.unfinished, 'count', CASE WHEN t.unfinished = 0 THEN 'OK' ELSE 'WARNING' END),
        (5, 'ddl_operations_24h', t.ddl_operations, 'count', 'OK'),
        (6, 'running_operations', t.running, 'count', 'OK'),
        (7, 'avg_duration_ms', round(t.average_ms, 3), 'ms',
            CASE WHEN t.average_ms < 500 THEN 'OK' WHEN t.average_ms IS NULL THEN 'UNKNOWN' ELSE 'WARNING' END),
        (8, 'p95_duration_ms', round(t.p95_ms, 3), 'ms', CASE WHEN t.p95_ms IS NULL THEN 'UNKNOWN' ELSE 'OK' END),
        (9, 'max_duration_ms', round(t.slowest_ms, 3), 'ms', CASE WHEN t.slowest_ms IS NULL THEN 'UNKNOWN' ELSE 'OK' END),
        (10, 'system_health_score', NULL, 'points', 'UNKNOWN'),
        (11, 'rollup_lag_ms', NULL, 'ms', 'UNKNOWN')
    ) AS m (position, name, value, unit, status)
    ORDER BY m.position;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_dashboard_as_of(
    pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'The numbers of get_enterprise_dashboard as the record stood at a moment, over the 24 hours before it';
