-- The state of the last 24 hours in a dozen numbers.
CREATE OR REPLACE FUNCTION script_tracking.get_enterprise_dashboard(tenant_hk pg_catalog.bytea DEFAULT NULL)
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
AS $function$
#variable_conflict use_column
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := statement_timestamp();
BEGIN
    RETURN QUERY
    WITH execution AS MATERIALIZED (
        SELECT s.script_type, s.execution_status,
            CASE WHEN s.execution_status = 'RUNNING' THEN NULL
                WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                    THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
                ELSE s.execution_duration_ms END AS duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL
            AND s.execution_timestamp >= v_now - pg_catalog."interval" '24 hours'
            AND (get_enterprise_dashboard.tenant_hk IS NULL OR s.tenant_hk = get_enterprise_dashboard.tenant_hk)
    ), tally AS (
        SELECT count(*) AS operations,
            count(*) FILTER (WHERE e.script_type = 'DDL_AUTO') AS ddl_operations,
            count(*) FILTER (WHERE e.execution_status = 'FAILED') AS failures,
            count(*) FILTER (WHERE e.execution_status IN ('CANCELLED', 'ABANDONED')) AS unfinished,
            100.0 * count(*) FILTER (WHERE e.execution_status = 'COMPLETED')
                / nullif(count(*) FILTER (WHERE e.execution_status <> 'RUNNING'), 0) AS success_rate,
            avg(e.duration_ms) AS average_ms,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY e.duration_ms::pg_catalog.float8) AS p95_ms,
            max(e.duration_ms) AS slowest_ms
        FROM execution AS e
    ), running AS (
        -- Without a window: what has run for days is what one most wants to see.
        SELECT count(*) AS operations, min(s.execution_timestamp) AS oldest_start
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL
            AND s.execution_status = 'RUNNING'
            AND (get_enterprise_dashboard.tenant_hk IS NULL OR s.tenant_hk = get_enterprise_dashboard.tenant_hk)
    ), health AS (
        SELECT count(*) FILTER (WHERE g.current_status = 'CRITICAL') AS critical,
            count(*) FILTER (WHERE g.current_status = 'WARNING') AS warnings
        FROM script_tracking.get_system_health(get_enterprise_dashboard.tenant_hk) AS g
    )
    SELECT m.name, m.value, m.unit, m.status, v_now
    FROM tally AS t
    CROSS JOIN running AS r
    CROSS JOIN health AS h
    CROSS JOIN LATERAL (VALUES
        (1, 'total_operations_24h', t.operations::pg_catalog."numeric", 'count', 'OK'),
        (2, 'success_rate_24h', round(t.success_rate, 2), 'percent',
            CASE WHEN t.success_rate > 95 THEN 'OK' WHEN t.success_rate > 80 THEN 'WARNING'
                WHEN t.success_rate IS NULL THEN 'UNKNOWN' ELSE 'CRITICAL' END),
        (3, 'failed_operations_24h', t.failures, 'count',
            CASE WHEN t.failures = 0 THEN 'OK' WHEN t.success_rate > 80 THEN 'WARNING' ELSE 'CRITICAL' END),
        (4, 'unfinished_operations_24h', t.unfinished, 'count',
            CASE WHEN t.unfinished = 0 THEN 'OK' ELSE 'WARNING' END),
        (5, 'ddl_operations_24h', t.ddl_operations, 'count', 'OK'),
        (6, 'running_operations', r.operations, 'count',
            CASE WHEN r.oldest_start < v_now - pg_catalog."interval" '24 hours' THEN 'WARNING' ELSE 'OK' END),
        (7, 'avg_duration_ms', round(t.average_ms, 3), 'ms',
            CASE WHEN t.average_ms < 500 THEN 'OK' WHEN t.average_ms IS NULL THEN 'UNKNOWN' ELSE 'WARNING' END),
        (8, 'p95_duration_ms', round(t.p95_ms::pg_catalog."numeric", 3), 'ms',
            CASE WHEN t.p95_ms IS NULL THEN 'UNKNOWN' ELSE 'OK' END),
        (9, 'max_duration_ms', round(t.slowest_ms, 3), 'ms',
            CASE WHEN t.slowest_ms IS NULL THEN 'UNKNOWN' ELSE 'OK' END),
        (10, 'system_health_score', greatest(0, 100 - 25 * h.critical - 10 * h.warnings), 'points',
            CASE WHEN h.critical > 0 THEN 'CRITICAL' WHEN h.warnings > 0 THEN 'WARNING' ELSE 'OK' END)
    ) AS m (position, name, value, unit, status)
    ORDER BY m.position;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_enterprise_dashboard(pg_catalog.bytea) IS
    'The last 24 hours in numbers: counts, success rate (of what has ended), durations, and a health score of 100 less '
    '25 for each CRITICAL and 10 for each WARNING of get_system_health';
