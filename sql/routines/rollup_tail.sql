-- When the first and the last began of the executions that came after the rollups, if there are more than so many;
-- else no row.
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
AS $function$
DECLARE
    v_load_floor CONSTANT pg_catalog.timestamptz := p_state.load_floor;
    v_age CONSTANT pg_catalog.int4 := age(p_state.counted_before::pg_catalog.xid);
    v_rows pg_catalog.int8;
BEGIN
    SELECT count(*) INTO v_rows FROM (
        SELECT FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= v_load_floor AND e.transaction_age <= v_age
        LIMIT p_most_rows + 1) AS t;
    IF v_rows > p_most_rows THEN
        RETURN QUERY
        SELECT min(e.execution_timestamp), max(e.execution_timestamp) FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= v_load_floor AND e.transaction_age <= v_age;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_tail(script_tracking.rollup_state, pg_catalog.int8) IS
    'When the first and the last began of what came after the rollups, if that is too much for one step';
