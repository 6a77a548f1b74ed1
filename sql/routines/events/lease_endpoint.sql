-- Gives an endpoint to one worker for some seconds, and returns the number of the lease; NULL while another worker has
-- it. Whoever claims or acknowledges with an older number is refused, however late it wakes up. The number is the time:
-- no two leases have the same one, also if the endpoint was dropped and created again, or a failover lost the last lease.
CREATE OR REPLACE FUNCTION script_tracking.lease_endpoint(
    p_name pg_catalog.text,
    p_seconds pg_catalog.int4,
    p_worker pg_catalog.text,
    OUT o_lease pg_catalog.int8,
    OUT o_is_new_timeline pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
BEGIN
    PERFORM script_tracking.check_lease_seconds(p_seconds);
    -- Whoever waits for the end of a lease asks often: without a lock, that writes nothing.
    SELECT e.* INTO v_endpoint FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = p_name;
    IF v_endpoint.held_at IS NULL AND v_endpoint.place = script_tracking.rollup_place()
        AND script_tracking.is_leased(v_endpoint) THEN
        RETURN;
    END IF;
    v_endpoint := script_tracking.lock_endpoint(p_name);
    PERFORM script_tracking.check_endpoint(v_endpoint, p_name);
    IF script_tracking.is_leased(v_endpoint) THEN
        RETURN;
    END IF;
    o_lease := script_tracking.next_lease(v_endpoint);
    UPDATE script_tracking.event_endpoint AS e
    SET lease = o_lease, leased_by = p_worker,
        lease_until = clock_timestamp() + make_interval(secs => p_seconds)
    WHERE e.endpoint_name = p_name;
    o_is_new_timeline := v_endpoint.timeline <> script_tracking.server_timeline();
END
$function$;

COMMENT ON FUNCTION script_tracking.lease_endpoint(pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
    'Gives an endpoint to one worker for some seconds; the number of the lease, or NULL while another worker has it';
