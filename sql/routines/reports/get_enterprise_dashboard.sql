-- Shows a window, by default the last 24 hours, in a dozen numbers. Their names are the same in every window.
CREATE OR REPLACE FUNCTION script_tracking.get_enterprise_dashboard(
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
    v_now CONSTANT pg_catalog.timestamptz := statement_timestamp();
    -- A whole minute, like the rollups.
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_enterprise_dashboard.since, date_trunc('minute',
        coalesce(get_enterprise_dashboard.until, v_now) - pg_catalog."interval" '24 hours', 'UTC'));
BEGIN
    PERFORM script_tracking.record_access('dashboard', encode(get_enterprise_dashboard.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    WITH ended AS MATERIALIZED (
        SELECT e.* FROM script_tracking.tally_executions(get_enterprise_dashboard.tenant_hk, v_since,
            get_enterprise_dashboard.until) AS e
    ), running AS (
        SELECT count(*) AS operations, count(*) FILTER (WHERE w.is_inside) AS recent,
            count(*) FILTER (WHERE w.is_inside AND g.script_type = 'DDL_AUTO') AS recent_ddl,
            min(g.execution_timestamp) AS oldest_start
        FROM script_tracking.running_executions(get_enterprise_dashboard.tenant_hk) AS g
        CROSS JOIN LATERAL (SELECT g.execution_timestamp >= v_since AND (get_enterprise_dashboard.until IS NULL
            OR g.execution_timestamp < get_enterprise_dashboard.until) AS is_inside) AS w
    ), total AS (
        SELECT coalesce(sum(e.completed + e.failed + e.cancelled + e.abandoned), 0) AS ended,
            coalesce(sum(e.completed + e.failed + e.cancelled + e.abandoned)
                FILTER (WHERE e.script_type = 'DDL_AUTO'), 0) AS ended_ddl,
            coalesce(sum(e.completed), 0) AS completed, coalesce(sum(e.failed), 0) AS failures,
            coalesce(sum(e.cancelled + e.abandoned), 0) AS unfinished,
            sum(e.timed) AS timed, sum(e.duration_ms) / nullif(sum(e.timed), 0) AS average_ms,
            max(e.longest_ms) AS slowest_ms, sum(e.histogram) AS histogram
        FROM ended AS e
    ), tally AS (
        SELECT t.ended + r.recent AS operations, t.ended_ddl + r.recent_ddl AS ddl_operations, t.failures, t.unfinished,
            100.0 * t.completed / nullif(t.ended, 0) AS success_rate, t.average_ms, t.slowest_ms,
            (script_tracking.histogram_percentiles('{0.95}', t.histogram, t.timed::pg_catalog.int8, t.slowest_ms))[1] AS p95_ms
        FROM total AS t
        CROSS JOIN running AS r
    ), operation AS (
        SELECT
            CASE WHEN t.success_rate > 95 THEN 'OK' WHEN t.success_rate > 80 THEN 'WARNING'
                WHEN t.success_rate IS NULL THEN 'UNKNOWN' ELSE 'CRITICAL' END AS success_status,
            CASE WHEN r.oldest_start < v_now - pg_catalog."interval" '24 hours' THEN 'WARNING' ELSE 'OK' END AS open_status
        FROM tally AS t
        CROSS JOIN running AS r
    ), health AS (
        -- The findings of get_system_health. Its two findings about operations are those above and are counted only
        -- once.
        SELECT count(*) FILTER (WHERE f.status = 'CRITICAL') AS critical,
            count(*) FILTER (WHERE f.status = 'WARNING') AS warnings
        FROM (
            SELECT g.current_status AS status FROM script_tracking.get_capture_health() AS g
            UNION ALL
            SELECT g.current_status FROM script_tracking.get_storage_health() AS g
            UNION ALL
            SELECT g.current_status FROM script_tracking.get_rollup_health() AS g
            UNION ALL
            SELECT g.current_status FROM script_tracking.get_seal_health() AS g
            UNION ALL
            SELECT u.status FROM operation AS o CROSS JOIN LATERAL unnest(ARRAY[o.success_status, o.open_status]) AS u (status)
        ) AS f
    )
    SELECT m.name, m.value, m.unit, m.status, v_now
    FROM tally AS t
    CROSS JOIN running AS r
    CROSS JOIN operation AS o
    CROSS JOIN health AS h
    CROSS JOIN script_tracking.get_rollup_lag() AS l
    CROSS JOIN LATERAL (VALUES
        (1, 'total_operations_24h', t.operations, 'count', 'OK'),
        (2, 'success_rate_24h', round(t.success_rate, 2), 'percent', o.success_status),
        (3, 'failed_operations_24h', t.failures, 'count',
            CASE WHEN t.failures = 0 THEN 'OK' WHEN t.success_rate > 80 THEN 'WARNING' ELSE 'CRITICAL' END),
        (4, 'unfinished_operations_24h', t.unfinished, 'count',
            CASE WHEN t.unfinished = 0 THEN 'OK' ELSE 'WARNING' END),
        (5, 'ddl_operations_24h', t.ddl_operations, 'count', 'OK'),
        (6, 'running_operations', r.operations, 'count', o.open_status),
        (7, 'avg_duration_ms', round(t.average_ms, 3), 'ms',
            CASE WHEN t.average_ms < 500 THEN 'OK' WHEN t.average_ms IS NULL THEN 'UNKNOWN' ELSE 'WARNING' END),
        (8, 'p95_duration_ms', round(t.p95_ms, 3), 'ms',
            CASE WHEN t.p95_ms IS NULL THEN 'UNKNOWN' ELSE 'OK' END),
        (9, 'max_duration_ms', round(t.slowest_ms, 3), 'ms',
            CASE WHEN t.slowest_ms IS NULL THEN 'UNKNOWN' ELSE 'OK' END),
        (10, 'system_health_score', greatest(0, 100 - 25 * h.critical - 10 * h.warnings), 'points',
            CASE WHEN h.critical > 0 THEN 'CRITICAL' WHEN h.warnings > 0 THEN 'WARNING' ELSE 'OK' END),
        (11, 'rollup_lag_ms', round(extract(epoch FROM l.lag) * 1000), 'ms',
            -- The verdict of the report health.
            (SELECT g.current_status FROM script_tracking.get_rollup_health() AS g))
    ) AS m (position, name, value, unit, status)
    ORDER BY m.position;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_enterprise_dashboard(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'The last 24 hours, or another window, in numbers: counts, success rate (of what has ended), durations, and a health score: 100 minus '
    '25 for each CRITICAL and 10 for each WARNING of get_system_health';
