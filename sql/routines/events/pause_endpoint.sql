-- Stops sending to an endpoint. Its events stay in the record, and are sent when it is resumed.
CREATE OR REPLACE FUNCTION script_tracking.pause_endpoint(p_name pg_catalog.text, p_reason pg_catalog.text DEFAULT NULL)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    UPDATE script_tracking.event_endpoint AS e
    SET held_at = coalesce(e.held_at, clock_timestamp()),
        held_because = coalesce(left(p_reason, 1000), format('%s paused it', session_user))
    WHERE e.endpoint_name = p_name;
    IF NOT FOUND THEN
        PERFORM script_tracking.refuse_endpoint(p_name);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.pause_endpoint(pg_catalog.text, pg_catalog.text) IS
    'Stops sending to an endpoint until it is resumed';
