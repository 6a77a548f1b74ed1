-- Reports whether operations end, and whether they succeed.
CREATE OR REPLACE FUNCTION script_tracking.get_operation_health(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := statement_timestamp();
    v_open pg_catalog.int8;
    v_oldest_name pg_catalog.text;
    v_oldest_start pg_catalog.timestamptz;
    v_ended pg_catalog.int8;
    v_success_rate pg_catalog."numeric";
BEGIN
    SELECT count(*), min(g.execution_timestamp),
        (array_agg(g.script_name ORDER BY g.execution_timestamp, g.version_number))[1]
    INTO v_open, v_oldest_start, v_oldest_name
    FROM script_tracking.running_executions(get_operation_health.tenant_hk) AS g;
    SELECT coalesce(sum(e.completed + e.failed + e.cancelled + e.abandoned), 0),
        100.0 * sum(e.completed) / nullif(sum(e.completed + e.failed + e.cancelled + e.abandoned), 0)
    INTO v_ended, v_success_rate
    FROM script_tracking.tally_executions(get_operation_health.tenant_hk,
        date_trunc('minute', v_now - pg_catalog."interval" '24 hours', 'UTC')) AS e;
    RETURN QUERY SELECT 'operations', 'open_operations',
        CASE WHEN v_oldest_start < v_now - pg_catalog."interval" '24 hours' THEN 'WARNING' ELSE 'OK' END,
        format('%s open', v_open) || coalesce(
            ', the oldest since ' || to_char(v_oldest_start, 'YYYY-MM-DD HH24:MI:SSOF') || ': ' || v_oldest_name, '');
    RETURN QUERY SELECT 'operations', 'success_rate_24h',
        CASE WHEN v_success_rate > 95 OR v_ended = 0 THEN 'OK' WHEN v_success_rate > 80 THEN 'WARNING'
            ELSE 'CRITICAL' END,
        CASE WHEN v_ended = 0 THEN 'nothing ended in the last 24 hours'
            ELSE format('%s %% of %s operations succeeded in the last 24 hours', round(v_success_rate, 2), v_ended) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_operation_health(pg_catalog.bytea) IS
    'The part of get_system_health that is about operations';
