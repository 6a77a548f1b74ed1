-- Locks an endpoint and returns it.
CREATE OR REPLACE FUNCTION script_tracking.lock_endpoint(p_name pg_catalog.text)
RETURNS script_tracking.event_endpoint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
BEGIN
    SELECT e.* INTO v_endpoint FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = p_name FOR NO KEY UPDATE;
    IF v_endpoint.endpoint_name IS NULL THEN
        PERFORM script_tracking.refuse_endpoint(p_name);
    END IF;
    RETURN v_endpoint;
END
$function$;

COMMENT ON FUNCTION script_tracking.lock_endpoint(pg_catalog.text) IS 'Locks an endpoint and returns it';
