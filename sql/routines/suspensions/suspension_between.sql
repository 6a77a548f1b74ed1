-- Returns the execution of the latest suspension that overlaps a window; NULL: there is none. Reconcile names it in what it found.
CREATE OR REPLACE FUNCTION script_tracking.suspension_between(
    p_window_start pg_catalog.timestamptz,
    p_window_end pg_catalog.timestamptz
)
RETURNS pg_catalog.bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.script_execution_hk FROM script_tracking.suspension AS s
    WHERE s.suspended_at <= p_window_end AND coalesce(s.resumed_at, 'infinity') >= p_window_start
    ORDER BY s.suspended_at DESC
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.suspension_between(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'The latest suspension of capture that overlaps a window, for dbtrack reconcile';
