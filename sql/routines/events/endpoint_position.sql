-- Returns the cursor of an endpoint as the value that claim_events gives out with an event and acknowledge_events takes.
CREATE OR REPLACE FUNCTION script_tracking.endpoint_position(p_endpoint script_tracking.event_endpoint)
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN jsonb_strip_nulls(jsonb_build_object(
    'timeline', (p_endpoint).timeline,
    'delivered', (p_endpoint).delivered::pg_catalog.text,
    'target', (p_endpoint).target::pg_catalog.text,
    'is_by_load_date', (p_endpoint).is_by_load_date,
    'replay_until', (p_endpoint).replay_until,
    'position_version', (p_endpoint).position_version,
    'position_load_date', (p_endpoint).position_load_date,
    'position_hk', (p_endpoint).position_hk,
    'sent_count', (p_endpoint).sent_count,
    'event_chain', (p_endpoint).event_chain,
    'last_event_id', (p_endpoint).last_event_id,
    'last_event_at', (p_endpoint).last_event_at));

COMMENT ON FUNCTION script_tracking.endpoint_position(script_tracking.event_endpoint) IS
    'The cursor of an endpoint, as it is given out with an event';
