-- Prevents other cleanups until the transaction ends. It locks a row, because any user could hold an advisory lock.
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

COMMENT ON FUNCTION script_tracking.lock_cleanup() IS 'Prevents other cleanups until the transaction ends';
