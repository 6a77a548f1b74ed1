-- Ends that a destination of digests is expected to get any. What left for it stays recorded.
CREATE OR REPLACE FUNCTION script_tracking.forget_destination(p_destination pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    DELETE FROM script_tracking.digest_destination AS d WHERE d.destination_name = p_destination;
    RETURN FOUND;
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_destination(pg_catalog.text) IS
    'Ends that a destination of digests is expected to get any; false: there is none of that name';
