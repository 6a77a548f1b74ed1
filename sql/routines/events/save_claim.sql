-- Stores how far claim_events has passed events that the endpoint does not get, and extends the lease. A poll that finds
-- nothing writes nothing, until half of the lease is over.
CREATE OR REPLACE FUNCTION script_tracking.save_claim(
    p_endpoint script_tracking.event_endpoint,
    p_seconds pg_catalog.int4,
    p_is_found pg_catalog.bool
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_is_found THEN
        -- The commit waits for the log up to itself, so also for the commits of the events.
        PERFORM set_config('synchronous_commit', 'on', true)
        WHERE current_setting('synchronous_commit') IN ('off', 'local');
    END IF;
    UPDATE script_tracking.event_endpoint AS e
    SET delivered = p_endpoint.delivered,
        target = p_endpoint.target,
        is_by_load_date = p_endpoint.is_by_load_date,
        replay_until = p_endpoint.replay_until,
        position_version = p_endpoint.position_version,
        position_load_date = p_endpoint.position_load_date,
        position_hk = p_endpoint.position_hk,
        claimed_at = CASE WHEN p_is_found THEN clock_timestamp() ELSE e.claimed_at END,
        lease_until = clock_timestamp() + make_interval(secs => p_seconds)
    WHERE e.endpoint_name = p_endpoint.endpoint_name AND e.lease = p_endpoint.lease AND (
        p_is_found
        OR e.lease_until IS NULL OR e.lease_until < clock_timestamp() + make_interval(secs => p_seconds / 2.0)
        OR (e.delivered::pg_catalog.text, e.target::pg_catalog.text, e.replay_until, e.position_version, e.position_load_date,
            e.position_hk)
            IS DISTINCT FROM (p_endpoint.delivered::pg_catalog.text, p_endpoint.target::pg_catalog.text, p_endpoint.replay_until,
                p_endpoint.position_version, p_endpoint.position_load_date, p_endpoint.position_hk));
    IF p_is_found AND NOT FOUND THEN
        -- The lease ended during the claim, and another worker took it: that one has claimed the same events.
        RAISE EXCEPTION 'another worker has taken over endpoint "%"', p_endpoint.endpoint_name
            USING ERRCODE = 'DT008', HINT = 'that worker sends its events';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.save_claim(script_tracking.event_endpoint, pg_catalog.int4, pg_catalog.bool) IS
    'Stores which events claim_events has passed, and extends the lease';
