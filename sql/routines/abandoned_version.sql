-- The current version of an execution, if it is ABANDONED. By its hub, from version to version: point look-ups.
CREATE OR REPLACE FUNCTION script_tracking.abandoned_version(p_execution_hk pg_catalog.bytea)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH RECURSIVE version AS (
        SELECT s.*
        FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
        WHERE h.script_execution_hk = p_execution_hk
        UNION ALL
        SELECT s.*
        FROM version AS v
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = v.load_end_date AND s.script_execution_hk = v.script_execution_hk
    )
    SELECT v.* FROM version AS v WHERE v.load_end_date IS NULL AND v.execution_status = 'ABANDONED'
$function$;

COMMENT ON FUNCTION script_tracking.abandoned_version(pg_catalog.bytea) IS
    'The current version of an execution, if it is ABANDONED';
