-- Removes a dead letter that was delivered after all, or that nobody wants. Returns whether it was there.
CREATE OR REPLACE FUNCTION script_tracking.remove_dead_letter(p_name pg_catalog.text, p_event_id pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    DELETE FROM script_tracking.webhook_dead_letter AS l WHERE l.endpoint_name = p_name AND l.event_id = p_event_id;
    RETURN FOUND;
END
$function$;

COMMENT ON FUNCTION script_tracking.remove_dead_letter(pg_catalog.text, pg_catalog.text) IS
    'Removes a dead letter; whether it was there';
