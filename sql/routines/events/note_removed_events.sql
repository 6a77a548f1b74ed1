-- Counts the events that a cleanup has removed before they were delivered: what undelivered_before counted before, less
-- what it counts now. An endpoint that is far behind must not stop a cleanup, and nobody may overlook what it missed.
CREATE OR REPLACE FUNCTION script_tracking.note_removed_events(p_before pg_catalog.timestamptz, p_counts pg_catalog.jsonb)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_left pg_catalog.jsonb;
BEGIN
    IF p_counts = '{}' THEN
        RETURN;
    END IF;
    v_left := script_tracking.undelivered_before(p_before);
    UPDATE script_tracking.event_endpoint AS e
    SET removed_count = e.removed_count + c.value::pg_catalog.int8 - coalesce((v_left ->> c.key)::pg_catalog.int8, 0)
    FROM jsonb_each_text(p_counts) AS c
    WHERE e.endpoint_name = c.key AND c.value::pg_catalog.int8 > coalesce((v_left ->> c.key)::pg_catalog.int8, 0);
END
$function$;

COMMENT ON FUNCTION script_tracking.note_removed_events(pg_catalog.timestamptz, pg_catalog.jsonb) IS
    'Counts the events that a cleanup has removed before they were delivered';
