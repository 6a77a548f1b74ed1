-- Returns how far the endpoints of events are behind, as get_endpoints does, for monitoring: administrators, and a token of
-- the API for everything, see them. At most a hundred.
CREATE OR REPLACE FUNCTION script_tracking.get_endpoint_lag()
RETURNS TABLE (
    endpoint_name pg_catalog.text,
    endpoint_kind pg_catalog.text,
    is_held pg_catalog.bool,
    events_sent pg_catalog.int8,
    events_behind pg_catalog.int8,
    seconds_behind pg_catalog."numeric"
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
DECLARE
    v_endpoint script_tracking.event_endpoint;
    v_behind record;
BEGIN
    IF NOT script_tracking.caller_may_administer() THEN
        IF NOT script_tracking.token_sees_all() THEN
            RETURN;
        END IF;
    END IF;
    FOR v_endpoint IN SELECT e.* FROM script_tracking.event_endpoint AS e ORDER BY e.endpoint_name LIMIT 100 LOOP
        v_behind := script_tracking.events_behind(v_endpoint);
        RETURN QUERY SELECT v_endpoint.endpoint_name::pg_catalog.text, v_endpoint.endpoint_kind::pg_catalog.text,
            v_endpoint.held_at IS NOT NULL OR v_endpoint.place IS DISTINCT FROM script_tracking.rollup_place(),
            v_endpoint.sent_count, v_behind.o_events, v_behind.o_seconds;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_endpoint_lag() IS 'How far the endpoints of events are behind, for monitoring';
