-- Updates what searches read, in one bounded step: o_outcome 'more' says that versions remain, for another call and
-- transaction. If search.index is off, it removes instead, and 'removing' says that versions remain. The order matters: first
-- which transactions have ended, then what came late, then the rows.
CREATE OR REPLACE FUNCTION script_tracking.advance_search(
    p_most_rows pg_catalog.int8 DEFAULT 20000,
    OUT o_outcome pg_catalog.text,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
DECLARE
    v_old script_tracking.search_state;
    v_snapshot pg_catalog.pg_snapshot;
    v_before pg_catalog.xid8;
    v_without pg_catalog.xid8[];
    v_gap record;
BEGIN
    o_versions := 0;
    SELECT t.* INTO v_old FROM script_tracking.search_state AS t FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        o_outcome := 'skipped';
        RETURN;
    END IF;
    IF script_tracking.current_setting_value('search.index') = 'off' THEN
        o_versions := script_tracking.remove_search(10 * p_most_rows);
        o_outcome := CASE WHEN EXISTS (SELECT FROM script_tracking.search_segment) THEN 'removing' ELSE 'off' END;
        RETURN;
    END IF;
    v_snapshot := pg_current_snapshot();
    v_before := pg_snapshot_xmax(v_snapshot);
    -- This transaction may still write.
    v_without := ARRAY(SELECT pg_snapshot_xip(v_snapshot) UNION SELECT pg_current_xact_id() WHERE pg_current_xact_id() < v_before);
    IF v_old.place IS DISTINCT FROM script_tracking.rollup_place() OR v_old.covered_before > v_before THEN
        DELETE FROM script_tracking.search_block;
        DELETE FROM script_tracking.search_segment;
    ELSE
        PERFORM script_tracking.remove_search_segments(script_tracking.late_for_search(v_old.covered_before, v_old.covered_without));
    END IF;
    v_gap := script_tracking.next_search_gap(least(2000, p_most_rows), p_most_rows);
    IF v_gap.o_start IS NOT NULL THEN
        DELETE FROM script_tracking.search_block AS b WHERE b.segment_start = ANY (v_gap.o_replaces);
        DELETE FROM script_tracking.search_segment AS g WHERE g.segment_start = ANY (v_gap.o_replaces);
        o_versions := script_tracking.write_search_segment(v_gap.o_start, v_gap.o_end);
        PERFORM gin_clean_pending_list('script_tracking.search_block_slots');
    END IF;
    UPDATE script_tracking.search_state AS t
    SET place = script_tracking.rollup_place(), covered_before = v_before, covered_without = v_without, changed_at = clock_timestamp();
    v_gap := script_tracking.next_search_gap(least(2000, p_most_rows), p_most_rows);
    o_outcome := CASE WHEN v_gap.o_start IS NULL THEN 'done' ELSE 'more' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_search(pg_catalog.int8) IS
    'Updates what searches read in one bounded step: done, more or removing (call again), skipped, off (search.index)';
