-- Returns the cause of a failure, by which errors are grouped: the columns of the view failed_execution.
CREATE OR REPLACE FUNCTION script_tracking.failure_cause(
    p_failure script_tracking.script_execution_s,
    OUT sqlstate pg_catalog.text,
    OUT ended_by pg_catalog.text,
    OUT message pg_catalog.text
)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT substring(p_failure.metadata ->> 'sqlstate', '^[0-9A-Z]{5}$'),
        CASE
            WHEN p_failure.metadata ->> 'signal' IS NOT NULL THEN p_failure.metadata ->> 'signal'
            WHEN p_failure.error_message LIKE 'exit code %' THEN 'exit code ' || (p_failure.metadata ->> 'exit_code')
        END,
        coalesce(script_tracking.normalise_message(script_tracking.error_cause(p_failure.error_message, p_failure.metadata)),
            lower(p_failure.execution_status COLLATE "C") COLLATE "default")
$function$;

COMMENT ON FUNCTION script_tracking.failure_cause(script_tracking.script_execution_s) IS
    'The cause of a failure: SQLSTATE, what ended it, and its message without names and numbers';
