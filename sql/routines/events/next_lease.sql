-- Returns the number of the next lease of an endpoint: the time in microseconds, and always greater than the last one.
CREATE OR REPLACE FUNCTION script_tracking.next_lease(p_endpoint script_tracking.event_endpoint)
RETURNS pg_catalog.int8
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
RETURN greatest((p_endpoint).lease + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::pg_catalog.int8);

COMMENT ON FUNCTION script_tracking.next_lease(script_tracking.event_endpoint) IS 'The number of the next lease of an endpoint';
