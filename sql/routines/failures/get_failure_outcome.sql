-- Returns what became of one failed execution; no row for others. The list of what it left behind compares the record
-- with the catalog as it is now.
CREATE OR REPLACE FUNCTION script_tracking.get_failure_outcome(execution_key pg_catalog.bytea)
RETURNS TABLE (
    succeeded_key pg_catalog.bytea,
    succeeded_at pg_catalog.timestamptz,
    after_ms pg_catalog."numeric",
    left_behind pg_catalog.text[],
    resolved_by pg_catalog."varchar",
    resolved_at pg_catalog.timestamptz,
    reason pg_catalog.text
)
LANGUAGE sql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT l.succeeded_key, l.succeeded_at, l.after_ms, script_tracking.left_behind(v), r.resolved_by, r.resolved_at, r.reason
    FROM script_tracking.execution_versions(execution_key) AS v
    LEFT JOIN LATERAL script_tracking.later_success(v) AS l ON true
    LEFT JOIN LATERAL script_tracking.resolution_of(execution_key) AS r ON true
    WHERE v.load_end_date IS NULL AND v.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
$function$;

COMMENT ON FUNCTION script_tracking.get_failure_outcome(pg_catalog.bytea) IS
    'What became of one failed execution: its later success, what it left behind, who has dealt with it';
