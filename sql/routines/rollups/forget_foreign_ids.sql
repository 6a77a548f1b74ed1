-- Removes transaction ids of another server, which a dump brought: no transaction of this server has had them yet. They
-- are removed from at most this many versions, whose hours the rollups then count again. Returns how many.
CREATE OR REPLACE FUNCTION script_tracking.forget_foreign_ids(p_most_rows pg_catalog.int8)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $function$
DECLARE
    v_keys pg_catalog.bytea[];
    v_load_dates pg_catalog.timestamptz[];
    v_first pg_catalog.timestamptz;
    v_last pg_catalog.timestamptz;
BEGIN
    SELECT array_agg(f.script_execution_hk), array_agg(f.load_date), min(f.execution_timestamp), max(f.execution_timestamp)
    INTO v_keys, v_load_dates, v_first, v_last
    FROM (
        SELECT s.script_execution_hk, s.load_date, s.execution_timestamp
        FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= pg_snapshot_xmax(pg_current_snapshot())
            AND s.recorded_by IS DISTINCT FROM pg_current_xact_id_if_assigned()
        LIMIT p_most_rows
    ) AS f;
    UPDATE script_tracking.script_execution_s AS s SET recorded_by = NULL
    FROM unnest(v_keys, v_load_dates) AS f (key, load_date)
    WHERE s.load_date = f.load_date AND s.script_execution_hk = f.key;
    PERFORM script_tracking.open_rollup_gap(v_first, v_last);
    PERFORM script_tracking.forget_search(v_load_dates);
    UPDATE script_tracking.notice AS n SET recorded_by = NULL
    WHERE n.recorded_by >= pg_snapshot_xmax(pg_current_snapshot())
        AND n.recorded_by IS DISTINCT FROM pg_current_xact_id_if_assigned();
    RETURN coalesce(cardinality(v_keys), 0);
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_foreign_ids(pg_catalog.int8) IS
    'Removes transaction ids of another server from versions that a dump brought; returns how many';
