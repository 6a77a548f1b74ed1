-- Raises an error unless a worker may use an endpoint: it exists, is not paused, belongs here, and the lease is its own.
CREATE OR REPLACE FUNCTION script_tracking.check_lease(
    p_endpoint script_tracking.event_endpoint,
    p_name pg_catalog.text,
    p_lease pg_catalog.int8
)
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM script_tracking.check_endpoint(p_endpoint, p_name);
    IF p_endpoint.lease IS DISTINCT FROM p_lease THEN
        RAISE EXCEPTION 'another worker has taken over endpoint "%"', p_name
            USING ERRCODE = 'DT008', HINT = 'that worker sends its events';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_lease(script_tracking.event_endpoint, pg_catalog.text, pg_catalog.int8) IS
    'Raises an error unless a worker may use an endpoint';
