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
    IF p_endpoint.endpoint_name IS NULL THEN
        PERFORM script_tracking.refuse_endpoint(p_name);
    ELSIF p_endpoint.held_at IS NOT NULL THEN
        RAISE EXCEPTION 'endpoint "%" is paused: %', p_name, p_endpoint.held_because
            USING ERRCODE = 'DT007', HINT = 'resume it to send again';
    ELSIF p_endpoint.place IS DISTINCT FROM script_tracking.rollup_place() THEN
        RAISE EXCEPTION 'endpoint "%" belongs to another database, of which this is a copy or a restored dump', p_name
            USING ERRCODE = 'DT007', HINT = 'resume it if this database has taken the place of that one, else remove it';
    ELSIF p_endpoint.lease IS DISTINCT FROM p_lease THEN
        RAISE EXCEPTION 'another worker has taken over endpoint "%"', p_name
            USING ERRCODE = 'DT008', HINT = 'that worker sends its events';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_lease(script_tracking.event_endpoint, pg_catalog.text, pg_catalog.int8) IS
    'Raises an error unless a worker may use an endpoint';
