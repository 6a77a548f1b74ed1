-- Predicts when what is running ends: from the last 30 completed runs of the same name, type and tenant in the 90 days before it
-- began. LATE: it runs longer than the interval. DDL outside of an operation has no runs of its own name, so that nothing is known.
CREATE OR REPLACE FUNCTION script_tracking.predict_operations(p_tenant_hk pg_catalog.bytea)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    state pg_catalog.text,
    expected_from pg_catalog.timestamptz,
    expected_at pg_catalog.timestamptz,
    expected_until pg_catalog.timestamptz,
    confidence pg_catalog."numeric",
    cases pg_catalog.int8,
    basis pg_catalog.text,
    execution_key pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
-- Rows in the order of an index end at the limit.
SET enable_bitmapscan = off
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_second CONSTANT pg_catalog."interval" := '1 second';
    v_running record;
    v_durations pg_catalog.float8[];
BEGIN
    FOR v_running IN
        SELECT s.script_execution_hk, s.script_name, s.script_type, s.tenant_hk, s.execution_timestamp AS began
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING' AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
        ORDER BY s.execution_timestamp
        LIMIT 50
    LOOP
        SELECT array_agg(r.seconds ORDER BY r.began DESC) INTO v_durations
        FROM (
            SELECT s.execution_timestamp AS began, CASE WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog.float8 / 1000000 ELSE s.execution_duration_ms / 1000.0 END AS seconds
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED' AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
                AND s.script_name = v_running.script_name AND s.script_type = v_running.script_type
                AND s.tenant_hk IS NOT DISTINCT FROM v_running.tenant_hk AND s.execution_duration_ms IS NOT NULL
                AND s.execution_timestamp >= v_running.began - '90 days'::pg_catalog."interval"
                AND s.execution_timestamp < v_running.began
                -- Nothing is recorded before it began; the day allows for clocks that differ.
                AND s.load_date >= v_running.began - '91 days'::pg_catalog."interval"
            ORDER BY s.execution_timestamp DESC
            LIMIT 30
        ) AS r;
        RETURN QUERY
        SELECT 'operation', v_running.script_name::pg_catalog.text, v_running.tenant_hk,
            CASE WHEN i.level IS NULL THEN 'UNKNOWN' WHEN statement_timestamp() > v_running.began + i.high * c_second THEN 'LATE'
                ELSE 'ON_TIME' END,
            CASE WHEN i.level IS NOT NULL THEN v_running.began + i.low * c_second END,
            CASE WHEN i.level IS NOT NULL THEN v_running.began + i.middle * c_second END,
            CASE WHEN i.level IS NOT NULL THEN v_running.began + i.high * c_second END,
            round(i.level::pg_catalog."numeric", 3), coalesce(i.cases, 0)::pg_catalog.int8,
            CASE WHEN v_running.script_type IN ('DDL_AUTO', 'DDL_LOG') THEN 'captured DDL has no earlier runs of its own name'
                WHEN i.level IS NULL THEN 'too few completed runs of this name in 90 days'
                ELSE format('its runs take %s s to %s s, in the middle %s s', round(i.low::pg_catalog."numeric", 1),
                    round(i.high::pg_catalog."numeric", 1), round(i.middle::pg_catalog."numeric", 1)) END,
            v_running.script_execution_hk
        FROM (VALUES (true)) AS t (is_only)
        LEFT JOIN LATERAL script_tracking.conformal_interval(v_durations) AS i ON true;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.predict_operations(pg_catalog.bytea) IS
    'When what is running ends, from its own earlier runs: LATE, ON_TIME or UNKNOWN';
