-- Returns an endpoint as it is after an event of a page: at that event, or with p_is_end at the end of its difference.
CREATE OR REPLACE FUNCTION script_tracking.advance_endpoint(
    p_endpoint script_tracking.event_endpoint,
    p_is_end pg_catalog.bool,
    p_seen_by pg_catalog.pg_snapshot,
    p_load_date pg_catalog.timestamptz,
    p_event_hk pg_catalog.bytea,
    p_version_number pg_catalog.int8
)
RETURNS script_tracking.event_endpoint
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_is_end THEN
        IF p_endpoint.replay_until IS NOT NULL THEN
            p_endpoint.replay_until := NULL;
        ELSE
            p_endpoint.delivered := coalesce(p_endpoint.target, p_seen_by, p_endpoint.delivered);
            p_endpoint.target := NULL;
        END IF;
        p_endpoint.is_by_load_date := false;
        p_endpoint.position_version := NULL;
        p_endpoint.position_load_date := NULL;
        p_endpoint.position_hk := NULL;
    ELSIF p_endpoint.replay_until IS NOT NULL OR p_endpoint.is_by_load_date THEN
        p_endpoint.position_load_date := p_load_date;
        p_endpoint.position_hk := p_event_hk;
    ELSE
        p_endpoint.target := p_seen_by;
        p_endpoint.position_version := p_version_number;
        p_endpoint.position_load_date := p_load_date;
        p_endpoint.position_hk := p_event_hk;
    END IF;
    RETURN p_endpoint;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_endpoint(
    script_tracking.event_endpoint, pg_catalog.bool, pg_catalog.pg_snapshot, pg_catalog.timestamptz, pg_catalog.bytea,
    pg_catalog.int8) IS 'An endpoint as it is after an event, or at the end of its difference';
