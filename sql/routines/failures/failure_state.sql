-- Like get_failure_state, for a row of the record.
CREATE OR REPLACE FUNCTION script_tracking.failure_state(p_failure script_tracking.script_execution_s)
RETURNS TABLE (
    succeeded_key pg_catalog.bytea,
    succeeded_at pg_catalog.timestamptz,
    resolved_by pg_catalog."varchar",
    resolved_reason pg_catalog.text,
    is_open pg_catalog.bool
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    SELECT l.succeeded_key, l.succeeded_at INTO succeeded_key, succeeded_at
    FROM script_tracking.later_success(p_failure) AS l;
    SELECT r.resolved_by, r.reason INTO resolved_by, resolved_reason
    FROM script_tracking.resolution_of(p_failure.script_execution_hk) AS r;
    is_open := p_failure.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        AND succeeded_key IS NULL AND resolved_by IS NULL;
    RETURN NEXT;
END
$function$;

COMMENT ON FUNCTION script_tracking.failure_state(script_tracking.script_execution_s) IS
    'What became of a failure; for the functions and reports of dbtrack';
