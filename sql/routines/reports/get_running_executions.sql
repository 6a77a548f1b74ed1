-- Lists what is running now, and records the access if it is somebody else's.
CREATE OR REPLACE FUNCTION script_tracking.get_running_executions(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (
    script_type pg_catalog."varchar",
    script_name pg_catalog."varchar",
    execution_timestamp pg_catalog.timestamptz,
    version_number pg_catalog.int8
)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.record_access('running', encode(get_running_executions.tenant_hk, 'hex'), NULL, true);
    SELECT r.* FROM script_tracking.running_executions(get_running_executions.tenant_hk) AS r
$function$;

COMMENT ON FUNCTION script_tracking.get_running_executions(pg_catalog.bytea) IS
    'What is running now: type, name and when it began; of one tenant or all you may see';
