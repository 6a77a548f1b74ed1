-- Returns whether replication writes this row. A session can also set the replica role, for example to load data
-- without triggers; what it writes is its own. For a backend that the owner may not see, the type is NULL.
CREATE OR REPLACE FUNCTION script_tracking.is_applied()
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN current_setting('session_replication_role') = 'replica' AND (
        SELECT a.backend_type FROM pg_catalog.pg_stat_get_activity(pg_backend_pid()) AS a) IS DISTINCT FROM 'client backend';
END
$function$;

COMMENT ON FUNCTION script_tracking.is_applied() IS 'Whether a replication worker runs this';
