-- Returns when this backend started: together with the process id this identifies the connection for good. Not in SQL,
-- because a function in SQL is planned again in each transaction.
CREATE OR REPLACE FUNCTION script_tracking.backend_start()
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (SELECT a.backend_start FROM pg_catalog.pg_stat_get_activity(pg_backend_pid()) AS a);
END
$function$;

COMMENT ON FUNCTION script_tracking.backend_start() IS 'When this backend started';
