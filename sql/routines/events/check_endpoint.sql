-- Raises an error unless events of an endpoint may be sent here: it exists, is not paused, and belongs to this database.
CREATE OR REPLACE FUNCTION script_tracking.check_endpoint(
    p_endpoint script_tracking.event_endpoint,
    p_name pg_catalog.text
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
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_endpoint(script_tracking.event_endpoint, pg_catalog.text) IS
    'Raises an error unless events of an endpoint may be sent here';
