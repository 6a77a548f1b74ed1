-- Returns above which duration, in milliseconds, an execution is slower than usual, by type and name ("DDL_AUTO ALTER
-- TABLE"): the 95th percentile of the same name in the 90 days before a moment, and at least twice its median, so that
-- not each twentieth of an even load is slow. A name with fewer than 20 completed executions has the limit of its type,
-- for a migration runs once. It reads at most the latest 200,000 executions.
CREATE OR REPLACE FUNCTION script_tracking.usual_limits(
    p_tenant_hk pg_catalog.bytea,
    p_before pg_catalog.timestamptz DEFAULT NULL
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_before CONSTANT pg_catalog.timestamptz := coalesce(p_before, statement_timestamp());
    v_limits pg_catalog.jsonb;
BEGIN
    WITH recent AS MATERIALIZED (
        SELECT s.script_type, s.script_name, s.execution_status, s.execution_duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL
            AND s.execution_timestamp >= v_before - pg_catalog."interval" '90 days'
            AND s.execution_timestamp < v_before
            -- Nothing is recorded before it began; the day allows for clocks that differ.
            AND s.load_date >= v_before - pg_catalog."interval" '91 days'
            AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
            AND s.execution_duration_ms IS NOT NULL
        ORDER BY s.execution_timestamp DESC
        LIMIT 200000
    ), usual AS (
        SELECT r.script_type, r.script_name, grouping(r.script_name) AS is_type,
            count(*) FILTER (WHERE r.execution_status = 'COMPLETED') AS completed,
            percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY r.execution_duration_ms)
                FILTER (WHERE r.execution_status = 'COMPLETED') AS durations
        FROM recent AS r
        GROUP BY GROUPING SETS ((r.script_type, r.script_name), (r.script_type))
    ), enough AS (
        SELECT u.script_type, u.script_name, u.is_type, CASE WHEN u.completed >= 20
            THEN greatest(u.durations[2], 2 * u.durations[1]) END AS limit_ms
        FROM usual AS u
    )
    SELECT jsonb_object_agg(n.script_type || ' ' || n.script_name, coalesce(n.limit_ms, t.limit_ms))
    INTO v_limits
    FROM enough AS n
    JOIN enough AS t ON t.script_type = n.script_type AND t.is_type = 1
    WHERE n.is_type = 0;
    RETURN coalesce(v_limits, '{}');
END
$function$;

COMMENT ON FUNCTION script_tracking.usual_limits(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'Milliseconds above which an execution is slower than usual, by type and name, from the 90 days before a moment';
