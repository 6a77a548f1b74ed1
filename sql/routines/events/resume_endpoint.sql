-- Sends to an endpoint again, from where it stopped. With a moment, what was recorded since then is sent again first,
-- with the same ids. After pg_upgrade it continues where it stopped. In a copy of a database, or one that was restored,
-- transaction ids have another meaning: there it starts at the present. Ids of the other database that no transaction here
-- has had yet would look new, so the versions up to the last of these are left out. All that is recorded here has a
-- greater number, also if it is not committed yet.
CREATE OR REPLACE FUNCTION script_tracking.resume_endpoint(
    p_name pg_catalog.text,
    p_since pg_catalog.timestamptz DEFAULT NULL
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
    v_place record;
BEGIN
    v_endpoint := script_tracking.lock_endpoint(p_name);
    v_place := script_tracking.event_place();
    IF v_endpoint.place IS DISTINCT FROM v_place.o_place AND NOT script_tracking.is_moved_here(v_endpoint) THEN
        SELECT f.o_present, f.o_version INTO v_endpoint.delivered, v_endpoint.floor_version
        FROM script_tracking.foreign_floor() AS f;
        v_endpoint.is_by_load_date := false;
        v_endpoint.target := NULL;
        v_endpoint.replay_until := NULL;
        v_endpoint.position_version := NULL;
        v_endpoint.position_load_date := NULL;
        v_endpoint.position_hk := NULL;
    END IF;
    -- What is sent again already, from an earlier moment on, continues where it is: all of this follows behind it.
    IF p_since IS NOT NULL AND (v_endpoint.replay_until IS NULL OR v_endpoint.position_load_date >= p_since) THEN
        -- A difference that is under way starts again behind the events that are sent again.
        v_endpoint.target := NULL;
        v_endpoint.is_by_load_date := false;
        v_endpoint.position_version := NULL;
        -- It ends with what the snapshot of the last delivery saw, whatever the clock showed then.
        v_endpoint.replay_until := 'infinity';
        v_endpoint.position_load_date := p_since;
        v_endpoint.position_hk := '';
    END IF;
    UPDATE script_tracking.event_endpoint AS e
    SET held_at = NULL, held_because = NULL, place = v_place.o_place,
        -- Of a failover while it was paused, the next worker learns by the timeline.
        timeline = CASE WHEN e.place = v_place.o_place THEN e.timeline ELSE v_place.o_timeline END,
        delivered = v_endpoint.delivered, floor_version = v_endpoint.floor_version, target = v_endpoint.target,
        replay_until = v_endpoint.replay_until, position_version = v_endpoint.position_version,
        position_load_date = v_endpoint.position_load_date, position_hk = v_endpoint.position_hk,
        is_by_load_date = v_endpoint.is_by_load_date,
        -- A push sends its waits for locks and versions of objects again, too.
        configuration = CASE WHEN p_since IS NULL OR e.endpoint_kind <> 'push' THEN e.configuration
            ELSE e.configuration - '{waits,objects}'::pg_catalog.text[] END,
        -- A worker that has claimed events must not acknowledge them now.
        lease = script_tracking.next_lease(v_endpoint), lease_until = NULL
    WHERE e.endpoint_name = p_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.resume_endpoint(pg_catalog.text, pg_catalog.timestamptz) IS
    'Sends to an endpoint again, from where it stopped; p_since: what was recorded since then is sent again first';
