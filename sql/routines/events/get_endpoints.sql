-- Lists the endpoints, with how far each is. events_behind counts to 10,000, of all types.
CREATE OR REPLACE FUNCTION script_tracking.get_endpoints()
RETURNS TABLE (
    endpoint_name pg_catalog.text,
    endpoint_kind pg_catalog.text,
    event_types pg_catalog.text[],
    tenants pg_catalog.text[],
    endpoint_state pg_catalog.text,
    held_because pg_catalog.text,
    events_sent pg_catalog.int8,
    events_behind pg_catalog.int8,
    seconds_behind pg_catalog."numeric",
    events_removed pg_catalog.int8,
    last_event_at pg_catalog.timestamptz,
    last_sent_at pg_catalog.timestamptz,
    leased_by pg_catalog.text,
    configuration pg_catalog.jsonb
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
        RETURN;
    END IF;
    FOR v_endpoint IN SELECT e.* FROM script_tracking.event_endpoint AS e ORDER BY e.endpoint_name LOOP
        v_behind := script_tracking.events_behind(v_endpoint);
        RETURN QUERY SELECT v_endpoint.endpoint_name::pg_catalog.text, v_endpoint.endpoint_kind::pg_catalog.text,
            v_endpoint.event_types,
            (SELECT array_agg(t.tenant_bk::pg_catalog.text ORDER BY t.tenant_bk) FROM script_tracking.tenant_h AS t
                WHERE t.tenant_hk = ANY (v_endpoint.tenant_hks)),
            CASE WHEN v_endpoint.held_at IS NOT NULL THEN 'paused'
                WHEN v_endpoint.place IS DISTINCT FROM script_tracking.rollup_place() THEN 'of another database'
                WHEN script_tracking.is_leased(v_endpoint) THEN 'working' ELSE 'idle' END,
            v_endpoint.held_because, v_endpoint.sent_count, v_behind.o_events, v_behind.o_seconds,
            v_endpoint.removed_count, v_endpoint.last_event_at, v_endpoint.last_sent_at,
            CASE WHEN script_tracking.is_leased(v_endpoint) THEN v_endpoint.leased_by END,
            v_endpoint.configuration;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_endpoints() IS
    'The endpoints that events are sent to, and how far each is; for administrators';
