-- Notes that an endpoint has got all events up to one, whose position it is given. A worker whose lease is over, and
-- taken by another one, is refused. So is a position from before a failover, which a pooler may bring to the server that
-- took over: its snapshot would pass events that were recorded there. A paused endpoint accepts it.
CREATE OR REPLACE FUNCTION script_tracking.acknowledge_events(
    p_name pg_catalog.text,
    p_lease pg_catalog.int8,
    p_seconds pg_catalog.int4,
    p_position pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
BEGIN
    v_endpoint := script_tracking.lock_endpoint(p_name);
    v_endpoint.held_at := NULL;
    PERFORM script_tracking.check_lease(v_endpoint, p_name, p_lease);
    PERFORM script_tracking.check_timeline(v_endpoint);
    v_endpoint.timeline := (p_position ->> 'timeline')::pg_catalog.int8;
    PERFORM script_tracking.check_timeline(v_endpoint);
    UPDATE script_tracking.event_endpoint AS e
    SET delivered = (p_position ->> 'delivered')::pg_catalog.pg_snapshot,
        target = (p_position ->> 'target')::pg_catalog.pg_snapshot,
        is_by_load_date = coalesce((p_position ->> 'is_by_load_date')::pg_catalog.bool, false),
        replay_until = (p_position ->> 'replay_until')::pg_catalog.timestamptz,
        position_version = (p_position ->> 'position_version')::pg_catalog.int8,
        position_load_date = (p_position ->> 'position_load_date')::pg_catalog.timestamptz,
        position_hk = (p_position ->> 'position_hk')::pg_catalog.bytea,
        sent_count = (p_position ->> 'sent_count')::pg_catalog.int8,
        event_chain = (p_position ->> 'event_chain')::pg_catalog.bytea,
        last_event_id = p_position ->> 'last_event_id',
        last_event_at = (p_position ->> 'last_event_at')::pg_catalog.timestamptz,
        last_sent_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => p_seconds)
    WHERE e.endpoint_name = p_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.acknowledge_events(
    pg_catalog.text, pg_catalog.int8, pg_catalog.int4, pg_catalog.jsonb) IS
    'Notes that an endpoint has got all events up to one';
