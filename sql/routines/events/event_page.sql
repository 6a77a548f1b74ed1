-- Returns the next events of an endpoint, of every type and tenant, in order, with the snapshot that found them. There
-- are three ways to read. What is new is the difference of two snapshots: what the last one did not see and this one
-- sees. It is read in the order of version_number, which two transactions that wait for each other draw in the order of
-- their locks; versions that another node replicates here may have a number that is used already. A difference of many
-- batches is fixed by its second snapshot and read by load_date, whose index needs no sort. Events that are sent again
-- are read by load_date too.
CREATE OR REPLACE FUNCTION script_tracking.event_page(
    p_endpoint script_tracking.event_endpoint,
    p_most_rows pg_catalog.int4
)
RETURNS TABLE (
    event_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    version_number pg_catalog.int8,
    is_notice pg_catalog.bool,
    seen_by pg_catalog.pg_snapshot
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- One plan for the session. It knows no values, and would estimate a few new rows as a third of all: hence the rest.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
-- A poll that starts two processes to find nothing takes a hundred times as long.
SET max_parallel_workers_per_gather = 0
AS $function$
#variable_conflict use_column
DECLARE
    v_delivered pg_catalog.pg_snapshot := p_endpoint.delivered;
    -- The statements below see what it sees, because they begin later.
    v_target pg_catalog.pg_snapshot := coalesce(p_endpoint.target, pg_current_snapshot());
    v_first pg_catalog.xid8 := script_tracking.first_new_transaction(p_endpoint.delivered, v_target);
    v_floor pg_catalog.int8 := p_endpoint.floor_version;
    v_version pg_catalog.int8 := coalesce(p_endpoint.position_version, 0);
    v_load_date pg_catalog.timestamptz := p_endpoint.position_load_date;
    v_hk pg_catalog.bytea := p_endpoint.position_hk;
BEGIN
    IF p_endpoint.replay_until IS NOT NULL THEN
        RETURN QUERY SELECT u.*, v_target FROM (
            (SELECT s.script_execution_hk, s.load_date, s.version_number, false
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_load_date AND (s.load_date, s.script_execution_hk) > (v_load_date, v_hk)
                AND s.load_date <= p_endpoint.replay_until
                AND (s.recorded_by IS NULL OR s.version_number <= p_endpoint.floor_version
                    OR pg_visible_in_snapshot(s.recorded_by, v_delivered))
            ORDER BY s.load_date, s.script_execution_hk LIMIT p_most_rows)
            UNION ALL
            (SELECT n.notice_hk, n.load_date, n.version_number, true
            FROM script_tracking.notice AS n
            WHERE (n.load_date, n.notice_hk) > (v_load_date, v_hk) AND n.load_date <= p_endpoint.replay_until
                AND (n.recorded_by IS NULL OR n.version_number <= p_endpoint.floor_version
                    OR pg_visible_in_snapshot(n.recorded_by, v_delivered))
            ORDER BY n.load_date, n.notice_hk LIMIT p_most_rows)
        ) AS u (event_hk, load_date, version_number, is_notice)
        ORDER BY u.load_date, u.event_hk LIMIT p_most_rows;
    ELSIF p_endpoint.is_by_load_date THEN
        RETURN QUERY SELECT u.*, v_target FROM (
            (SELECT s.script_execution_hk, s.load_date, s.version_number, false
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_load_date AND (s.load_date, s.script_execution_hk) > (v_load_date, v_hk)
                AND s.version_number > p_endpoint.floor_version AND s.recorded_by IS NOT NULL
                AND NOT pg_visible_in_snapshot(s.recorded_by, v_delivered)
                AND pg_visible_in_snapshot(s.recorded_by, v_target)
            ORDER BY s.load_date, s.script_execution_hk LIMIT p_most_rows)
            UNION ALL
            (SELECT n.notice_hk, n.load_date, n.version_number, true
            FROM script_tracking.notice AS n
            WHERE (n.load_date, n.notice_hk) > (v_load_date, v_hk)
                AND n.version_number > p_endpoint.floor_version AND n.recorded_by IS NOT NULL
                AND NOT pg_visible_in_snapshot(n.recorded_by, v_delivered)
                AND pg_visible_in_snapshot(n.recorded_by, v_target)
            ORDER BY n.load_date, n.notice_hk LIMIT p_most_rows)
        ) AS u (event_hk, load_date, version_number, is_notice)
        ORDER BY u.load_date, u.event_hk LIMIT p_most_rows;
    ELSE
        RETURN QUERY SELECT u.event_hk, u.load_date, u.version_number, u.is_notice, v_target
        FROM (
            SELECT s.script_execution_hk, s.load_date, s.version_number, false, s.recorded_by
            FROM script_tracking.script_execution_s AS s
            WHERE s.recorded_by >= v_first AND s.version_number > v_floor AND s.version_number >= v_version
            UNION ALL
            SELECT n.notice_hk, n.load_date, n.version_number, true, n.recorded_by
            FROM script_tracking.notice AS n
            WHERE n.recorded_by >= v_first AND n.version_number > v_floor AND n.version_number >= v_version
        ) AS u (event_hk, load_date, version_number, is_notice, recorded_by)
        WHERE pg_visible_in_snapshot(u.recorded_by, v_target) AND NOT pg_visible_in_snapshot(u.recorded_by, v_delivered)
            AND (v_version = 0 OR (u.version_number, u.load_date, u.event_hk) > (v_version, v_load_date, v_hk))
        ORDER BY u.version_number, u.load_date, u.event_hk LIMIT p_most_rows;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_page(script_tracking.event_endpoint, pg_catalog.int4) IS
    'The next events of an endpoint in order, of every type and tenant, and the snapshot that found them';
