-- Like get_execution_versions, but does not record the access. The hub's load_date is that of the first version, and
-- each load_end_date is the load_date of the next, so every version is a point lookup, however many months there are.
CREATE OR REPLACE FUNCTION script_tracking.execution_versions(execution_key pg_catalog.bytea)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE sql STABLE STRICT ROWS 2
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH RECURSIVE version AS (
        SELECT s.*
        FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
        WHERE h.script_execution_hk = execution_key
        UNION ALL
        SELECT s.*
        FROM version AS v
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = v.load_end_date AND s.script_execution_hk = v.script_execution_hk
    )
    SELECT v.* FROM version AS v
$function$;

COMMENT ON FUNCTION script_tracking.execution_versions(pg_catalog.bytea) IS
    'All versions of one execution, by its hash key; for the functions and reports of dbtrack';
