-- Gives a lease back, so that another worker need not wait for its end.
CREATE OR REPLACE FUNCTION script_tracking.release_endpoint(p_name pg_catalog.text, p_lease pg_catalog.int8)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    UPDATE script_tracking.event_endpoint AS e
    SET lease_until = NULL
    WHERE e.endpoint_name = p_name AND e.lease = p_lease
$function$;

COMMENT ON FUNCTION script_tracking.release_endpoint(pg_catalog.text, pg_catalog.int8) IS 'Gives the lease of an endpoint back';
