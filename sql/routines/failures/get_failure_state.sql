-- Returns what became of a failure: whether it succeeded later, whether somebody has dealt with it, and whether it is
-- open, which is neither. An execution that did not fail is not open.
CREATE OR REPLACE FUNCTION script_tracking.get_failure_state(execution_key pg_catalog.bytea)
RETURNS TABLE (
    succeeded_key pg_catalog.bytea,
    succeeded_at pg_catalog.timestamptz,
    resolved_by pg_catalog."varchar",
    resolved_reason pg_catalog.text,
    is_open pg_catalog.bool
)
LANGUAGE sql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT l.succeeded_key, l.succeeded_at, r.resolved_by, r.reason, l.succeeded_key IS NULL AND r.resolved_by IS NULL
    FROM (VALUES (true)) AS t (is_only)
    LEFT JOIN LATERAL script_tracking.later_success(execution_key) AS l ON true
    LEFT JOIN LATERAL script_tracking.resolution_of(execution_key) AS r ON true
$function$;

COMMENT ON FUNCTION script_tracking.get_failure_state(pg_catalog.bytea) IS
    'What became of a failure: its later success, who has dealt with it, and whether it is open';
