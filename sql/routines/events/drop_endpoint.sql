-- Removes an endpoint and its cursor.
CREATE OR REPLACE FUNCTION script_tracking.drop_endpoint(p_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    DELETE FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = p_name;
    IF NOT FOUND THEN
        PERFORM script_tracking.refuse_endpoint(p_name);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.drop_endpoint(pg_catalog.text) IS 'Removes an endpoint and its cursor';
