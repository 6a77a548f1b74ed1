-- Raises the error that there is no endpoint of a name.
CREATE OR REPLACE FUNCTION script_tracking.refuse_endpoint(p_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'there is no endpoint "%"', p_name
        USING ERRCODE = 'DT003', HINT = 'list them with: dbtrack endpoint list';
END
$function$;

COMMENT ON FUNCTION script_tracking.refuse_endpoint(pg_catalog.text) IS 'Raises the error that there is no such endpoint';
