-- When this backend started: with the process id it names the connection for good.
CREATE OR REPLACE FUNCTION script_tracking.backend_start()
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (SELECT a.backend_start FROM pg_catalog.pg_stat_get_activity(pg_backend_pid()) AS a);

COMMENT ON FUNCTION script_tracking.backend_start() IS 'When this backend started';
