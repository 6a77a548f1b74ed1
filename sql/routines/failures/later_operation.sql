-- Returns the first operation of a name and tenant that began after a moment and completed, by an index.
CREATE OR REPLACE FUNCTION script_tracking.later_operation(
    p_script_name pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_after pg_catalog.timestamptz,
    OUT o_execution_hk pg_catalog.bytea,
    OUT o_started_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- One plan for all failures of a list: planning for all months each time costs more than the search.
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $function$
BEGIN
    SELECT s.script_execution_hk, s.execution_timestamp INTO o_execution_hk, o_started_at
    FROM script_tracking.script_execution_s AS s
    WHERE s.script_name = p_script_name AND s.execution_timestamp > p_after
        AND s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
        AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
        AND s.load_date > p_after - '1 day'::pg_catalog."interval"
        AND s.tenant_hk IS NOT DISTINCT FROM p_tenant_hk
    ORDER BY s.execution_timestamp
    LIMIT 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.later_operation(pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz) IS
    'The first operation of a name and tenant that began after a moment and completed';
