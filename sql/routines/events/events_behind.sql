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
    -- Without a difference under way, a page of this length is the difference itself.
    p_endpoint.replay_until := NULL;
    IF NOT p_endpoint.is_by_load_date THEN
        p_endpoint.target := NULL;
    END IF;
    SELECT count(*), round(coalesce(extract(epoch FROM greatest(clock_timestamp() - min(p.load_date),
        '0'::pg_catalog."interval")), 0), 3)
    INTO o_events, o_seconds
    FROM script_tracking.event_page(p_endpoint, 10000) AS p;
END
$function$;

COMMENT ON FUNCTION script_tracking.events_behind(script_tracking.event_endpoint) IS
    'How many events an endpoint has not got yet, at most 10,000, and how old the oldest is in seconds';
