-- Returns whether two log entries of one process are about the same wait: it began at the same time, of the same
-- statement, for the same lock.
CREATE OR REPLACE FUNCTION script_tracking.is_same_wait(
    p_first script_tracking.logged_wait,
    p_last script_tracking.logged_wait
)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p_first.lock_target = p_last.lock_target AND p_first.lock_mode = p_last.lock_mode
        AND p_first.statement IS NOT DISTINCT FROM p_last.statement
        AND (p_first.logged_at - p_first.waited_ms * '1 millisecond'::pg_catalog."interval")
            - (p_last.logged_at - p_last.waited_ms * '1 millisecond'::pg_catalog."interval")
            BETWEEN -script_tracking.logged_slack(p_last.logged_at) AND script_tracking.logged_slack(p_last.logged_at)
$function$;

COMMENT ON FUNCTION script_tracking.is_same_wait(script_tracking.logged_wait, script_tracking.logged_wait) IS
    'Whether two log entries of one process are about the same wait';
