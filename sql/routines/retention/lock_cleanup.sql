-- Keeps other cleanups away until the transaction ends. A row, not an advisory lock: that, any user could hold.
CREATE OR REPLACE FUNCTION script_tracking.lock_cleanup()
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.cleanup' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another cleanup is running' USING ERRCODE = 'DT005', HINT = 'nothing was done; run it again later';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.lock_cleanup() IS 'Keeps other cleanups away until the transaction ends';
