-- Updates the rollups in one bounded step: o_outcome 'more' says that hours remain to be counted, in another call and
-- transaction. The order matters: first which transactions have ended, then the gaps, then the rows.
CREATE OR REPLACE FUNCTION script_tracking.advance_rollups(
    p_most_rows pg_catalog.int8 DEFAULT 200000,
    OUT o_outcome pg_catalog.text,
    OUT o_executions pg_catalog.int8,
    OUT o_gap_end pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
DECLARE
    v_old script_tracking.rollup_state;
    v_new script_tracking.rollup_state;
    v_gaps pg_catalog.tstzmultirange;
    v_load_floor pg_catalog.timestamptz;
BEGIN
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.rollup' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        o_outcome := 'skipped';
        RETURN;
    END IF;
    SELECT c.* INTO v_old FROM script_tracking.current_rollup_state() AS c;
    v_new := script_tracking.next_rollup_state(v_old);
    PERFORM script_tracking.forget_foreign_ids(p_most_rows);
    PERFORM script_tracking.advance_counters(p_most_rows);
    IF v_old.is_only IS NULL THEN
        DELETE FROM script_tracking.rollup_gap;
        INSERT INTO script_tracking.rollup_gap (gap_start, gap_end) VALUES ('-infinity', 'infinity');
        o_executions := 0;
    ELSE
        PERFORM script_tracking.open_rollup_gap(t.first_start, t.last_start)
        FROM script_tracking.rollup_tail(v_old, p_most_rows) AS t;
        SELECT coalesce(range_agg(tstzrange(g.gap_start, g.gap_end)), '{}') INTO v_gaps FROM script_tracking.rollup_gap AS g;
        v_load_floor := coalesce(script_tracking.uncounted_since(v_old.counted_before, v_old.counted_without), 'infinity');
        o_executions := script_tracking.add_to_rollups(v_old, v_new, '-infinity', 'infinity', v_gaps, v_load_floor);
        PERFORM script_tracking.add_to_rollup_errors(v_old, v_new, '-infinity', 'infinity', v_gaps, v_load_floor);
        PERFORM script_tracking.add_to_rollup_days(v_old, v_new, '-infinity', 'infinity', v_gaps, v_load_floor);
    END IF;
    o_executions := o_executions + script_tracking.fill_rollup_gaps(v_new, p_most_rows - o_executions);
    DELETE FROM script_tracking.rollup_total AS r WHERE r.level_minutes < 60 AND r.bucket_start < v_new.fine_since;
    DELETE FROM script_tracking.rollup_tenant AS r WHERE r.level_minutes < 60 AND r.bucket_start < v_new.fine_since
        AND r.bucket_start >= v_old.fine_since;
    DELETE FROM script_tracking.rollup_error AS r WHERE r.level_minutes < 60 AND r.bucket_start < v_new.fine_since
        AND r.bucket_start >= v_old.fine_since;
    DELETE FROM script_tracking.rollup_state;
    INSERT INTO script_tracking.rollup_state SELECT (v_new).*;
    SELECT max(g.gap_end) INTO o_gap_end FROM script_tracking.rollup_gap AS g;
    o_outcome := CASE WHEN o_gap_end IS NULL THEN 'done' ELSE 'more' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_rollups(pg_catalog.int8) IS
    'Updates the rollups in one bounded step: done, more (call again) or skipped (another session updates them)';
