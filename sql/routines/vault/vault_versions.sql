-- Returns the versions of objects of a source that an execution's digest covers: its own, written at most so long after it; of a run of
-- maintain all that it added.
CREATE OR REPLACE FUNCTION script_tracking.vault_versions(
    p_source_name pg_catalog.text,
    p_execution script_tracking.script_execution_s,
    p_within pg_catalog."interval"
)
RETURNS SETOF script_tracking.object_s
LANGUAGE plpgsql STABLE ROWS 2
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
BEGIN
    IF p_execution.script_type = 'MAINTENANCE' THEN
        RETURN QUERY
        SELECT o.* FROM script_tracking.object_s AS o
        WHERE o.load_date = p_execution.load_date AND o.cause NOT IN ('captured', 'follows')
            AND starts_with(o.object_bk, p_source_name || '/');
    ELSE
        RETURN QUERY
        SELECT o.* FROM script_tracking.object_s AS o
        WHERE o.load_date BETWEEN p_execution.load_date AND p_execution.load_date + p_within
            AND o.script_execution_hk = p_execution.script_execution_hk AND o.cause IN ('captured', 'follows')
            AND starts_with(o.object_bk, p_source_name || '/');
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_versions(
    pg_catalog.text, script_tracking.script_execution_s, pg_catalog."interval") IS
    'The versions of objects of a source that an execution''s digest covers; for the functions of this schema';
