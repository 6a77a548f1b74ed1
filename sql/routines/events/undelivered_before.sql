-- Returns, for each endpoint that has not got all events from before a moment, how many these are: an object of counts by
-- name. A cleanup that removes them counts them.
CREATE OR REPLACE FUNCTION script_tracking.undelivered_before(p_before pg_catalog.timestamptz)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
    v_open pg_catalog.xid8[];
    v_count pg_catalog.int8;
    v_counts pg_catalog.jsonb := '{}';
BEGIN
    FOR v_endpoint IN
        SELECT e.* FROM script_tracking.event_endpoint AS e WHERE e.place = script_tracking.rollup_place()
    LOOP
        v_open := ARRAY(SELECT pg_snapshot_xip(v_endpoint.delivered));
        SELECT count(*) INTO v_count
        FROM (
            SELECT s.load_date, s.version_number, s.recorded_by FROM script_tracking.script_execution_s AS s
            WHERE s.recorded_by >= pg_snapshot_xmax(v_endpoint.delivered)
            UNION ALL
            SELECT s.load_date, s.version_number, s.recorded_by FROM script_tracking.script_execution_s AS s
            WHERE s.recorded_by = ANY (v_open)
            UNION ALL
            SELECT n.load_date, n.version_number, n.recorded_by FROM script_tracking.notice AS n
            WHERE n.recorded_by >= pg_snapshot_xmax(v_endpoint.delivered)
            UNION ALL
            SELECT n.load_date, n.version_number, n.recorded_by FROM script_tracking.notice AS n
            WHERE n.recorded_by = ANY (v_open)
            OFFSET 0
        ) AS u
        WHERE u.load_date < p_before AND u.version_number > v_endpoint.floor_version
            -- Of a difference that is under way, the first part is delivered.
            AND (v_endpoint.target IS NULL OR NOT pg_visible_in_snapshot(u.recorded_by, v_endpoint.target)
                OR CASE WHEN v_endpoint.is_by_load_date THEN u.load_date > v_endpoint.position_load_date
                    ELSE u.version_number > coalesce(v_endpoint.position_version, 0) END);
        IF v_count > 0 THEN
            v_counts := v_counts || jsonb_build_object(v_endpoint.endpoint_name, v_count);
        END IF;
    END LOOP;
    RETURN v_counts;
END
$function$;

COMMENT ON FUNCTION script_tracking.undelivered_before(pg_catalog.timestamptz) IS
    'How many events from before a moment each endpoint has not got, by name';
