-- Returns the timeline of the server, which a promotion changes.
CREATE OR REPLACE FUNCTION script_tracking.server_timeline()
RETURNS pg_catalog.int8
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- Not pg_control_checkpoint(): that shows a promotion only after the next checkpoint.
    RETURN ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::pg_catalog."bit"(64)::pg_catalog.int8;
END
$function$;

COMMENT ON FUNCTION script_tracking.server_timeline() IS 'The timeline of the server, which a promotion changes';
