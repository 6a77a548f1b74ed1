-- Returns, for each endpoint that has not got all events from before a moment, how many these are: an object of counts by
-- name. A cleanup that removes them counts them.
CREATE OR REPLACE FUNCTION script_tracking.undelivered_before(p_before pg_catalog.timestamptz)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
    v_count pg_catalog.int8;
    v_counts pg_catalog.jsonb := '{}';
BEGIN
    FOR v_endpoint IN
        SELECT e.* FROM script_tracking.event_endpoint AS e WHERE e.place = script_tracking.rollup_place()
    LOOP
        v_count := (SELECT u.o_events FROM script_tracking.undelivered_events(v_endpoint, p_before, NULL) AS u);
        IF v_count > 0 THEN
            v_counts := v_counts || jsonb_build_object(v_endpoint.endpoint_name, v_count);
        END IF;
    END LOOP;
    RETURN v_counts;
END
$function$;

COMMENT ON FUNCTION script_tracking.undelivered_before(pg_catalog.timestamptz) IS
    'How many events from before a moment each endpoint has not got, by name';
