-- Counts, success and durations of a window of time, of all executions and of each type, against the window before it.
-- The window is the last 24 hours unless since and until say otherwise; an execution belongs to where it began.
CREATE OR REPLACE FUNCTION script_tracking.get_performance_metrics(
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    metric_category pg_catalog.text,
    metric_name pg_catalog.text,
    current_value pg_catalog."numeric",
    trend_direction pg_catalog.text,
    performance_rating pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $function$
#variable_conflict use_column
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := coalesce(get_performance_metrics.until, statement_timestamp());
    v_since CONSTANT pg_catalog.timestamptz :=
        coalesce(get_performance_metrics.since, v_until - pg_catalog."interval" '24 hours');
    v_before CONSTANT pg_catalog.timestamptz := v_since - (v_until - v_since);
BEGIN
    RETURN QUERY
    WITH execution AS MATERIALIZED (
        SELECT s.script_type, s.execution_status, s.execution_timestamp >= v_since AS is_current,
            CASE WHEN s.execution_status = 'RUNNING' THEN NULL
                WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                    THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
                ELSE s.execution_duration_ms END AS duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL
            AND s.execution_timestamp >= v_before
            AND (get_performance_metrics.until IS NULL OR s.execution_timestamp < get_performance_metrics.until)
            AND (get_performance_metrics.tenant_hk IS NULL OR s.tenant_hk = get_performance_metrics.tenant_hk)
    ), tally AS (
        SELECT e.script_type, e.is_current, grouping(e.script_type) AS is_overall,
            count(*) AS operations,
            count(*) FILTER (WHERE e.execution_status = 'FAILED') AS failures,
            100.0 * count(*) FILTER (WHERE e.execution_status = 'COMPLETED')
                / nullif(count(*) FILTER (WHERE e.execution_status <> 'RUNNING'), 0) AS success_rate,
            avg(e.duration_ms) AS average_ms,
            percentile_cont(0.50) WITHIN GROUP (ORDER BY e.duration_ms::pg_catalog.float8) AS median_ms,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY e.duration_ms::pg_catalog.float8) AS p95_ms,
            max(e.duration_ms) AS slowest_ms
        FROM execution AS e
        GROUP BY GROUPING SETS ((e.is_current), (e.script_type, e.is_current))
    ), category AS (
        SELECT DISTINCT t.script_type, t.is_overall FROM tally AS t
        UNION
        SELECT NULL, 1
    ), metric AS (
        SELECT c.is_overall, c.script_type, m.position, m.name, m.value, m.previous, t.success_rate, t.average_ms
        FROM category AS c
        LEFT JOIN tally AS t ON t.is_current AND t.is_overall = c.is_overall
            AND t.script_type IS NOT DISTINCT FROM c.script_type
        LEFT JOIN tally AS p ON NOT p.is_current AND p.is_overall = c.is_overall
            AND p.script_type IS NOT DISTINCT FROM c.script_type
        CROSS JOIN LATERAL (VALUES
            (1, 'total_operations', coalesce(t.operations, 0)::pg_catalog."numeric",
                coalesce(p.operations, 0)::pg_catalog."numeric"),
            (2, 'failed_operations', coalesce(t.failures, 0), coalesce(p.failures, 0)),
            (3, 'success_rate', round(t.success_rate, 2), p.success_rate),
            (4, 'avg_duration_ms', round(t.average_ms, 3), p.average_ms),
            (5, 'p50_duration_ms', round(t.median_ms::pg_catalog."numeric", 3), p.median_ms::pg_catalog."numeric"),
            (6, 'p95_duration_ms', round(t.p95_ms::pg_catalog."numeric", 3), p.p95_ms::pg_catalog."numeric"),
            (7, 'max_duration_ms', round(t.slowest_ms, 3), p.slowest_ms)
        ) AS m (position, name, value, previous)
    )
    SELECT coalesce(m.script_type, 'overall')::pg_catalog.text, m.name, m.value,
        CASE
            WHEN m.value > m.previous * 1.05 THEN 'UP'
            WHEN m.value < m.previous * 0.95 THEN 'DOWN'
            ELSE 'STABLE'
        END,
        CASE
            WHEN m.success_rate IS NULL THEN NULL
            WHEN m.success_rate > 95 AND m.average_ms < 100 THEN 'EXCELLENT'
            WHEN m.success_rate > 90 AND m.average_ms < 500 THEN 'GOOD'
            WHEN m.success_rate > 80 AND m.average_ms < 1000 THEN 'WARNING'
            ELSE 'POOR'
        END
    FROM metric AS m
    ORDER BY m.is_overall DESC, m.script_type, m.position;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_performance_metrics(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Counts, success and durations overall and of each type, with the trend against the window of time before; by '
    'default of the last 24 hours. success_rate is a percentage of what has ended; a rating is NULL where nothing has';
