-- Returns all versions of one execution that the caller may see, and records the access if the execution is somebody
-- else's.
CREATE OR REPLACE FUNCTION script_tracking.get_execution_versions(execution_key pg_catalog.bytea)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE sql STABLE STRICT ROWS 2
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.record_access('show', NULL, encode(execution_key, 'hex'), true);
    SELECT v.* FROM script_tracking.execution_versions(execution_key) AS v
$function$;

COMMENT ON FUNCTION script_tracking.get_execution_versions(pg_catalog.bytea) IS
    'All versions of one execution, by its hash key';
