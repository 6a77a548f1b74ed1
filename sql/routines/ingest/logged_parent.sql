-- Returns the wrapped command that a log entry belongs to: the connections of a command of dbtrack track that sets no
-- application name of its own are named after its operation. This is a claim, like dbtrack.execution: the login and the
-- time agree, and the tenant is checked when the link is read.
CREATE OR REPLACE FUNCTION script_tracking.logged_parent(
    p_user pg_catalog.text,
    p_application_name pg_catalog.text,
    p_logged_at pg_catalog.timestamptz
)
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    execution_status pg_catalog."varchar"
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p.script_execution_hk, p.execution_status
    FROM script_tracking.script_execution_s AS p
    WHERE p_application_name LIKE 'dbtrack:%'
        AND p.execution_timestamp BETWEEN p_logged_at - '1 day'::pg_catalog."interval" AND p_logged_at
        AND p.load_end_date IS NULL
        AND (p.execution_status = 'RUNNING' OR p.load_date >= p_logged_at)
        AND p.record_source LIKE 'dbtrack@_cli@@%' ESCAPE '@'
        AND p.db_session_user = p_user
        AND script_tracking.wrapped_application_name(p.script_name) = p_application_name
    ORDER BY p.execution_timestamp DESC
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.logged_parent(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
    'The wrapped command whose application name a log entry has; for the functions of this schema';
