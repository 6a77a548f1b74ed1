-- Returns counts, success rates and durations in a time range, for all executions and for each type, compared with the
-- range before it. The range is the last 24 hours unless since and until are given. An execution belongs to the range
-- in which it began.
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
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := coalesce(get_performance_metrics.until, statement_timestamp());
    -- A whole minute, like the rollups.
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_performance_metrics.since,
        date_trunc('minute', v_until - pg_catalog."interval" '24 hours', 'UTC'));
    v_before CONSTANT pg_catalog.timestamptz := CASE
        WHEN coalesce(get_performance_metrics.since, get_performance_metrics.until) IS NULL
            THEN v_since - pg_catalog."interval" '24 hours'
        ELSE v_since - (v_until - v_since) END;
BEGIN
    PERFORM script_tracking.record_access('performance', encode(get_performance_metrics.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    WITH ended AS MATERIALIZED (
        SELECT true AS is_current, e.*
        FROM script_tracking.tally_executions(get_performance_metrics.tenant_hk, v_since,
            get_performance_metrics.until) AS e
        UNION ALL
        SELECT false, e.*
        FROM script_tracking.tally_executions(get_performance_metrics.tenant_hk, v_before, v_since) AS e
    ), counted AS (
        SELECT e.script_type, e.is_current, e.completed + e.failed + e.cancelled + e.abandoned AS ended, 0 AS running,
            e.completed, e.failed, e.timed, e.duration_ms, e.longest_ms, e.histogram
        FROM ended AS e
        UNION ALL
        SELECT g.script_type, g.execution_timestamp >= v_since, 0, 1, 0, 0, 0, 0, NULL, 0
        FROM script_tracking.running_executions(get_performance_metrics.tenant_hk) AS g
        WHERE g.execution_timestamp >= v_before
            AND (get_performance_metrics.until IS NULL OR g.execution_timestamp < get_performance_metrics.until)
    ), total AS (
        SELECT c.script_type, c.is_current, grouping(c.script_type) AS is_overall,
            sum(c.ended + c.running) AS operations, sum(c.failed) AS failures,
            100.0 * sum(c.completed) / nullif(sum(c.ended), 0) AS success_rate,
            sum(c.timed)::pg_catalog.int8 AS timed, sum(c.duration_ms) / nullif(sum(c.timed), 0) AS average_ms,
            max(c.longest_ms) AS slowest_ms, sum(c.histogram) AS histogram
        FROM counted AS c
        GROUP BY GROUPING SETS ((c.is_current), (c.script_type, c.is_current))
    ), tally AS (
        SELECT t.*, q.percentiles[1] AS median_ms, q.percentiles[2] AS p95_ms, q.percentiles[3] AS p99_ms
        FROM total AS t
        CROSS JOIN LATERAL script_tracking.histogram_percentiles('{0.50,0.95,0.99}', t.histogram, t.timed, t.slowest_ms)
            AS q (percentiles)
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
            (1, 'total_operations', coalesce(t.operations, 0),
                coalesce(p.operations, 0)),
            (2, 'failed_operations', coalesce(t.failures, 0), coalesce(p.failures, 0)),
            (3, 'success_rate', round(t.success_rate, 2), p.success_rate),
            (4, 'avg_duration_ms', round(t.average_ms, 3), p.average_ms),
            (5, 'p50_duration_ms', round(t.median_ms, 3), p.median_ms),
            (6, 'p95_duration_ms', round(t.p95_ms, 3), p.p95_ms),
            (7, 'p99_duration_ms', round(t.p99_ms, 3), p.p99_ms),
            (8, 'max_duration_ms', round(t.slowest_ms, 3), p.slowest_ms)
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
    'Counts, success and durations overall and of each type, with the trend against the time range before; by '
    'default of the last 24 hours. success_rate is a percentage of what has ended; a rating is NULL where nothing has';
