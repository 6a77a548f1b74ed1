-- When this backend started: with the process id it names the connection for good.
-- Not in the form RETURN ..., which a dump would write out with the columns that the function has in that server version.
CREATE OR REPLACE FUNCTION script_tracking.backend_start()
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT a.backend_start FROM pg_catalog.pg_stat_get_activity(pg_backend_pid()) AS a
$function$;

COMMENT ON FUNCTION script_tracking.backend_start() IS 'When this backend started';
