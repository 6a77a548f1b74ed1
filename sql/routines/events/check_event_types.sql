-- Refuses a type of event that none has, because an endpoint with it would never be sent anything.
CREATE OR REPLACE FUNCTION script_tracking.check_event_types(p_event_types pg_catalog.text[])
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_pattern pg_catalog.text;
BEGIN
    IF coalesce(cardinality(p_event_types), 0) = 0 THEN
        RAISE EXCEPTION 'an endpoint needs at least one type of event'
            USING ERRCODE = 'DT006', HINT = 'use * for all events';
    END IF;
    FOREACH v_pattern IN ARRAY p_event_types LOOP
        IF v_pattern IS NULL OR NOT EXISTS (
            SELECT FROM script_tracking.event_types() AS t (event_type)
            WHERE script_tracking.event_matches(t.event_type, NULL, ARRAY[v_pattern], NULL)) THEN
            RAISE EXCEPTION 'there is no type of event "%"', v_pattern
                USING ERRCODE = 'DT006',
                    HINT = 'one of ' || (SELECT string_agg(t.event_type, ', ') FROM script_tracking.event_types() AS t (event_type))
                        || '; or a pattern like execution.*';
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_event_types(pg_catalog.text[]) IS 'Refuses a type of event that no event has';
