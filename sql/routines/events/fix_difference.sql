-- Returns an endpoint whose difference is fixed by the snapshot of this call, for one that is longer than a batch. If it
-- is longer than ten, it is read by load_date from its earliest row: sorting all of it for each batch would cost more.
CREATE OR REPLACE FUNCTION script_tracking.fix_difference(
    p_endpoint script_tracking.event_endpoint,
    p_most_rows pg_catalog.int4
)
RETURNS script_tracking.event_endpoint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET max_parallel_workers_per_gather = 0
AS $function$
DECLARE
    v_target pg_catalog.pg_snapshot := pg_current_snapshot();
    v_first pg_catalog.xid8 := script_tracking.first_new_transaction(p_endpoint.delivered, v_target);
    v_floor pg_catalog.int8 := p_endpoint.floor_version;
    v_rows pg_catalog.int8;
BEGIN
    SELECT min(u.load_date), count(*)
    INTO p_endpoint.position_load_date, v_rows
    FROM (
        SELECT s.load_date, s.recorded_by FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= v_first AND s.version_number > v_floor
        UNION ALL
        SELECT n.load_date, n.recorded_by FROM script_tracking.notice AS n
        WHERE n.recorded_by >= v_first AND n.version_number > v_floor
        -- A plan for the minimum would walk through load_date from its beginning.
        OFFSET 0
    ) AS u
    WHERE NOT pg_visible_in_snapshot(u.recorded_by, p_endpoint.delivered);
    p_endpoint.target := v_target;
    p_endpoint.position_version := NULL;
    p_endpoint.position_hk := '';
    p_endpoint.is_by_load_date := v_rows > 10 * p_most_rows::pg_catalog.int8;
    RETURN p_endpoint;
END
$function$;

COMMENT ON FUNCTION script_tracking.fix_difference(script_tracking.event_endpoint, pg_catalog.int4) IS
    'An endpoint whose difference is fixed by the snapshot of this call';
