-- Counts the events from before a moment that an endpoint has not got yet, of all types and at most so many, and returns
-- when the oldest of these was recorded. p_most_rows NULL: all.
CREATE OR REPLACE FUNCTION script_tracking.undelivered_events(
    p_endpoint script_tracking.event_endpoint,
    p_before pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    OUT o_events pg_catalog.int8,
    OUT o_oldest pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET max_parallel_workers_per_gather = 0
AS $function$
DECLARE
    v_delivered pg_catalog.pg_snapshot := p_endpoint.delivered;
    v_first pg_catalog.xid8 := script_tracking.first_new_transaction(p_endpoint.delivered, pg_current_snapshot());
    v_floor pg_catalog.int8 := p_endpoint.floor_version;
    v_load_date pg_catalog.timestamptz := p_endpoint.position_load_date;
    v_again record;
BEGIN
    SELECT count(*), min(u.load_date)
    INTO o_events, o_oldest
    FROM (
        SELECT d.load_date
        FROM (
            SELECT s.load_date, s.version_number, s.script_execution_hk, s.recorded_by
            FROM script_tracking.script_execution_s AS s
            WHERE s.recorded_by >= v_first AND s.version_number > v_floor AND s.load_date < p_before
            UNION ALL
            SELECT n.load_date, n.version_number, n.notice_hk, n.recorded_by
            FROM script_tracking.notice AS n
            WHERE n.recorded_by >= v_first AND n.version_number > v_floor AND n.load_date < p_before
        ) AS d (load_date, version_number, event_hk, recorded_by)
        WHERE NOT pg_visible_in_snapshot(d.recorded_by, v_delivered)
            -- Of a difference that is under way, the first part is delivered.
            AND (p_endpoint.target IS NULL OR NOT pg_visible_in_snapshot(d.recorded_by, p_endpoint.target)
                OR CASE WHEN p_endpoint.is_by_load_date
                        THEN (d.load_date, d.event_hk) > (v_load_date, p_endpoint.position_hk)
                    WHEN p_endpoint.position_version IS NULL THEN true
                    ELSE (d.version_number, d.load_date, d.event_hk)
                        > (p_endpoint.position_version, v_load_date, p_endpoint.position_hk) END)
        LIMIT p_most_rows
    ) AS u;
    IF p_endpoint.replay_until IS NULL THEN
        RETURN;
    END IF;
    SELECT count(*) AS events, min(u.load_date) AS oldest
    INTO v_again
    FROM (
        SELECT s.load_date
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= v_load_date AND (s.load_date, s.script_execution_hk) > (v_load_date, p_endpoint.position_hk)
            AND s.load_date <= p_endpoint.replay_until AND s.load_date < p_before
            AND (s.recorded_by IS NULL OR s.version_number <= v_floor OR pg_visible_in_snapshot(s.recorded_by, v_delivered))
        UNION ALL
        SELECT n.load_date
        FROM script_tracking.notice AS n
        WHERE (n.load_date, n.notice_hk) > (v_load_date, p_endpoint.position_hk)
            AND n.load_date <= p_endpoint.replay_until AND n.load_date < p_before
            AND (n.recorded_by IS NULL OR n.version_number <= v_floor OR pg_visible_in_snapshot(n.recorded_by, v_delivered))
        LIMIT p_most_rows
    ) AS u;
    o_events := least(o_events + v_again.events, p_most_rows);
    o_oldest := least(o_oldest, v_again.oldest);
END
$function$;

COMMENT ON FUNCTION script_tracking.undelivered_events(
    script_tracking.event_endpoint, pg_catalog.timestamptz, pg_catalog.int8) IS
    'How many events from before a moment an endpoint has not got, and when the oldest of these was recorded';
