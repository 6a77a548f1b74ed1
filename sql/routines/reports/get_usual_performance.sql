-- Returns the usual values: success and durations of all executions and of each type in the 28 days before a moment,
-- with the column names of get_performance_metrics. A type with fewer than five ended executions has no usual values.
CREATE OR REPLACE FUNCTION script_tracking.get_usual_performance(
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    before pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    metric_category pg_catalog.text,
    metric_name pg_catalog.text,
    usual_value pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    -- A whole hour, so that the hourly rollups suffice.
    v_before CONSTANT pg_catalog.timestamptz := date_trunc('hour',
        coalesce(get_usual_performance.before, statement_timestamp()), 'UTC');
BEGIN
    PERFORM script_tracking.record_access('performance', encode(get_usual_performance.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    SELECT coalesce(t.script_type, 'overall')::pg_catalog.text, m.name, m.value
    FROM (
        SELECT e.script_type, sum(e.completed + e.failed + e.cancelled + e.abandoned) AS ended,
            sum(e.completed) AS completed, sum(e.timed)::pg_catalog.int8 AS timed, sum(e.duration_ms) AS duration_ms,
            max(e.longest_ms) AS longest_ms, sum(e.histogram) AS histogram
        FROM script_tracking.tally_executions(get_usual_performance.tenant_hk,
            v_before - pg_catalog."interval" '28 days', v_before) AS e
        GROUP BY GROUPING SETS ((), (e.script_type))
    ) AS t
    CROSS JOIN LATERAL script_tracking.histogram_percentiles('{0.50,0.95,0.99}', t.histogram, t.timed, t.longest_ms)
        AS q (percentiles)
    CROSS JOIN LATERAL (VALUES
        ('success_rate', round(100.0 * t.completed / nullif(t.ended, 0), 2)),
        ('avg_duration_ms', round(t.duration_ms / nullif(t.timed, 0), 3)),
        ('p50_duration_ms', round(q.percentiles[1], 3)),
        ('p95_duration_ms', round(q.percentiles[2], 3)),
        ('p99_duration_ms', round(q.percentiles[3], 3))
    ) AS m (name, value)
    WHERE t.ended >= 5 AND m.value IS NOT NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_usual_performance(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'Success and durations of the 28 days before a moment, overall and of each type, with which get_performance_metrics is '
    'compared';
