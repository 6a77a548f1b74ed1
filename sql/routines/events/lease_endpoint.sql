-- Gives an endpoint to one worker for some seconds, and returns the number of the lease; NULL while another worker has
-- it. Whoever claims or acknowledges with an older number is refused, however late it wakes up.
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
    v_place record;
BEGIN
    v_endpoint := script_tracking.lock_endpoint(p_name);
    IF v_endpoint.held_at IS NOT NULL THEN
        RAISE EXCEPTION 'endpoint "%" is paused: %', p_name, v_endpoint.held_because
            USING ERRCODE = 'DT007', HINT = 'resume it to send again';
    END IF;
    v_place := script_tracking.event_place();
    IF v_endpoint.place IS DISTINCT FROM v_place.o_place THEN
        RAISE EXCEPTION 'endpoint "%" belongs to another database, of which this is a copy or a restored dump', p_name
            USING ERRCODE = 'DT007', HINT = 'resume it if this database has taken the place of that one, else remove it';
    ELSIF v_endpoint.lease_until > clock_timestamp() THEN
        RETURN;
    END IF;
    UPDATE script_tracking.event_endpoint AS e
    SET lease = e.lease + 1, leased_by = p_worker,
        lease_until = clock_timestamp() + make_interval(secs => p_seconds)
    WHERE e.endpoint_name = p_name;
    o_lease := v_endpoint.lease + 1;
    o_is_new_timeline := v_endpoint.timeline <> v_place.o_timeline;
END
$function$;

COMMENT ON FUNCTION script_tracking.lease_endpoint(pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
    'Gives an endpoint to one worker for some seconds; the number of the lease, or NULL while another worker has it';
