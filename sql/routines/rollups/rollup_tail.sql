-- Returns when the first and the last of the executions began that came after the rollups, if there are more than this
-- many; otherwise no row.
CREATE OR REPLACE FUNCTION script_tracking.rollup_tail(
    p_state script_tracking.rollup_state,
    p_most_rows pg_catalog.int8,
    OUT first_start pg_catalog.timestamptz,
    OUT last_start pg_catalog.timestamptz
)
RETURNS SETOF pg_catalog.record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_load_floor CONSTANT pg_catalog.timestamptz :=
        script_tracking.uncounted_since(p_state.counted_before, p_state.counted_without);
    v_before CONSTANT pg_catalog.xid8 := p_state.counted_before;
    v_without CONSTANT pg_catalog.xid8[] := p_state.counted_without;
    v_rows pg_catalog.int8;
BEGIN
    SELECT count(*) INTO v_rows FROM (
        SELECT FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= v_load_floor AND (e.recorded_by >= v_before OR e.recorded_by = ANY (v_without))
        LIMIT p_most_rows + 1) AS t;
    IF v_rows > p_most_rows THEN
        RETURN QUERY
        SELECT min(e.execution_timestamp), max(e.execution_timestamp) FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= v_load_floor AND (e.recorded_by >= v_before OR e.recorded_by = ANY (v_without));
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_tail(script_tracking.rollup_state, pg_catalog.int8) IS
    'When the first and the last began of what came after the rollups, if that is too much for one step';
