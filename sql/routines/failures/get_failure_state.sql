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
    SELECT f.succeeded_key, f.succeeded_at, f.resolved_by, f.resolved_reason, f.is_open
    FROM script_tracking.execution_versions(execution_key) AS v
    CROSS JOIN LATERAL script_tracking.failure_state(v) AS f
    WHERE v.load_end_date IS NULL
$function$;

COMMENT ON FUNCTION script_tracking.get_failure_state(pg_catalog.bytea) IS
    'What became of a failure: its later success, who has dealt with it, and whether it is open';
