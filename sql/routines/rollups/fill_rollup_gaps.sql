-- Counts gaps of the rollups again, the latest hours first, as reports need them, until about this many rows are read.
-- Returns how many executions were counted.
CREATE OR REPLACE FUNCTION script_tracking.fill_rollup_gaps(
    p_state script_tracking.rollup_state,
    p_most_rows pg_catalog.int8
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    -- Nothing is recorded before it began; the day allows for clocks that differ.
    c_clocks CONSTANT pg_catalog."interval" := '1 day';
    -- A gap that is opened while this runs stays open.
    v_gap_ids pg_catalog.int8[];
    v_gaps pg_catalog.tstzmultirange;
    v_gap pg_catalog.tstzrange;
    v_start pg_catalog.timestamptz;
    v_end pg_catalog.timestamptz;
    v_left pg_catalog.int8 := p_most_rows;
    v_executions pg_catalog.int8;
    v_counted pg_catalog.int8 := 0;
BEGIN
    SELECT array_agg(g.rollup_gap_id), range_agg(tstzrange(g.gap_start, g.gap_end)) INTO v_gap_ids, v_gaps
    FROM script_tracking.rollup_gap AS g;
    WHILE v_left > 0 AND NOT coalesce(isempty(v_gaps), true) LOOP
        SELECT w.span INTO v_gap FROM unnest(v_gaps) AS w (span) ORDER BY w.span DESC LIMIT 1;
        v_start := lower(v_gap);
        v_end := upper(v_gap);
        v_start := script_tracking.rollup_slice_start(v_start, v_end, v_left);
        DELETE FROM script_tracking.rollup_total AS r WHERE r.bucket_start >= v_start AND r.bucket_start < v_end;
        DELETE FROM script_tracking.rollup_tenant AS r WHERE r.bucket_start >= v_start AND r.bucket_start < v_end;
        DELETE FROM script_tracking.rollup_error AS r WHERE r.bucket_start >= v_start AND r.bucket_start < v_end;
        PERFORM script_tracking.forget_rollup_days(v_start, v_end);
        v_executions := script_tracking.add_to_rollups(NULL, p_state, v_start, v_end, '{}', v_start - c_clocks);
        PERFORM script_tracking.add_to_rollup_errors(NULL, p_state, v_start, v_end, '{}', v_start - c_clocks);
        v_gaps := v_gaps - tstzmultirange(tstzrange(v_start, v_end));
        v_counted := v_counted + v_executions;
        v_left := v_left - greatest(v_executions, 1000);
    END LOOP;
    DELETE FROM script_tracking.rollup_gap AS g WHERE g.rollup_gap_id = ANY (v_gap_ids);
    INSERT INTO script_tracking.rollup_gap (gap_start, gap_end)
    SELECT lower(w.span), upper(w.span) FROM unnest(v_gaps) AS w (span);
    RETURN v_counted;
END
$function$;

COMMENT ON FUNCTION script_tracking.fill_rollup_gaps(script_tracking.rollup_state, pg_catalog.int8) IS
    'Counts gaps of the rollups again, the latest first; returns how many executions it counted';
