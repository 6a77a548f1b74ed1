-- Returns who has dealt with a failure, when and why; no row: nobody has, or it is open again.
CREATE OR REPLACE FUNCTION script_tracking.resolution_of(execution_key pg_catalog.bytea)
RETURNS TABLE (
    resolved_by pg_catalog."varchar",
    resolved_at pg_catalog.timestamptz,
    reason pg_catalog.text
)
LANGUAGE sql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT r.resolved_by, r.load_date, r.reason
    FROM (
        SELECT s.* FROM script_tracking.execution_resolution_s AS s
        WHERE s.script_execution_hk = execution_key ORDER BY s.load_date DESC LIMIT 1
    ) AS r
    WHERE r.is_resolved
$function$;

COMMENT ON FUNCTION script_tracking.resolution_of(pg_catalog.bytea) IS
    'Who has dealt with a failure, when and why; no row: it is not resolved';
