-- Resolves each open failure of the last days that has the cause of one execution, as far as the login may; returns how
-- many. With is_resolved false it opens again what was resolved.
CREATE OR REPLACE FUNCTION script_tracking.resolve_cause(
    execution_key pg_catalog.bytea,
    reason pg_catalog.text DEFAULT NULL,
    is_resolved pg_catalog.bool DEFAULT true,
    days pg_catalog.int4 DEFAULT 30
)
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_failure script_tracking.script_execution_s;
    v_cause record;
    v_other record;
    v_changed pg_catalog.int4;
BEGIN
    -- The checks of one execution come first.
    v_changed := script_tracking.resolve_execution(resolve_cause.execution_key, resolve_cause.reason,
        resolve_cause.is_resolved, true)::pg_catalog.int4;
    SELECT v.* INTO v_failure FROM script_tracking.execution_versions(resolve_cause.execution_key) AS v
    WHERE v.load_end_date IS NULL;
    v_cause := script_tracking.failure_cause(v_failure);
    FOR v_other IN
        SELECT s AS failure, s.script_execution_hk
        FROM script_tracking.script_execution_s AS s
        CROSS JOIN LATERAL script_tracking.failure_cause(s) AS c
        WHERE s.load_end_date IS NULL AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
            AND s.execution_timestamp >= statement_timestamp() - make_interval(days => resolve_cause.days)
            AND s.load_date >= statement_timestamp() - make_interval(days => resolve_cause.days + 1)
            AND s.script_execution_hk <> resolve_cause.execution_key
            AND c.sqlstate IS NOT DISTINCT FROM v_cause.sqlstate AND c.ended_by IS NOT DISTINCT FROM v_cause.ended_by
            AND c.message = v_cause.message
    LOOP
        IF script_tracking.may_resolve(v_other.failure) THEN
            v_changed := v_changed + script_tracking.resolve_execution(v_other.script_execution_hk, resolve_cause.reason,
                resolve_cause.is_resolved, true)::pg_catalog.int4;
        END IF;
    END LOOP;
    RETURN v_changed;
END
$function$;

COMMENT ON FUNCTION script_tracking.resolve_cause(pg_catalog.bytea, pg_catalog.text, pg_catalog.bool, pg_catalog.int4) IS
    'Resolves each failure of the last days that has the cause of one execution; returns how many';
