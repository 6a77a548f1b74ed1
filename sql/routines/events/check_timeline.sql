-- Raises an error if the server was replaced in a failover since the timeline of an endpoint was noted. Whoever then takes
-- a new lease looks first for what the failover lost.
CREATE OR REPLACE FUNCTION script_tracking.check_timeline(p_endpoint script_tracking.event_endpoint)
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_endpoint.timeline IS DISTINCT FROM script_tracking.server_timeline() THEN
        RAISE EXCEPTION 'another server has taken over since the worker of endpoint "%" got its lease', p_endpoint.endpoint_name
            USING ERRCODE = 'DT008', HINT = 'a new lease continues on that server';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_timeline(script_tracking.event_endpoint) IS
    'Raises an error if the server was replaced in a failover since an endpoint was last read';
