-- Returns how many events an endpoint has not got yet, of all types and at most 10,000, and how old the oldest of these is.
CREATE OR REPLACE FUNCTION script_tracking.events_behind(
    p_endpoint script_tracking.event_endpoint,
    OUT o_events pg_catalog.int8,
    OUT o_seconds pg_catalog."numeric"
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    SELECT u.o_events, round(coalesce(extract(epoch FROM greatest(clock_timestamp() - u.o_oldest,
        '0'::pg_catalog."interval")), 0), 3)
    INTO o_events, o_seconds
    FROM script_tracking.undelivered_events(p_endpoint, 'infinity', 10000) AS u;
END
$function$;

COMMENT ON FUNCTION script_tracking.events_behind(script_tracking.event_endpoint) IS
    'How many events an endpoint has not got yet, at most 10,000, and how old the oldest is in seconds';
