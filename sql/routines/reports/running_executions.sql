-- Like get_running_executions, but does not record the access. There is no time range, because what has been running
-- for days is what one most wants to see. There are few rows, found by an index of their own; one plan for all months
-- serves the whole session.
CREATE OR REPLACE FUNCTION script_tracking.running_executions(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (
    script_type pg_catalog."varchar",
    script_name pg_catalog."varchar",
    execution_timestamp pg_catalog.timestamptz,
    version_number pg_catalog.int8
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.script_type, s.script_name, s.execution_timestamp, s.version_number
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING'
        AND (running_executions.tenant_hk IS NULL OR s.tenant_hk = running_executions.tenant_hk);
END
$function$;

COMMENT ON FUNCTION script_tracking.running_executions(pg_catalog.bytea) IS
    'What is running now: type, name and when it began; for the functions and reports of dbtrack';
