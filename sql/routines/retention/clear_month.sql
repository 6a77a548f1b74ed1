-- Does the slow part of dropping a month, while others read everything and write to other months. Returns the number of
-- its executions; NULL, with nothing done, if one of them is still RUNNING or is kept for longer. A version that was
-- written in a later month is removed too: it is found by the end of the version before it.
CREATE OR REPLACE FUNCTION script_tracking.clear_month(p_month pg_catalog.text)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_parents CONSTANT pg_catalog.text[] := ARRAY['script_execution_h', 'script_execution_s',
        'script_execution_parent_l'];
    v_from pg_catalog.timestamptz := to_date(p_month, 'YYYY_MM')::pg_catalog.timestamptz;
    v_to pg_catalog.timestamptz := v_from + '1 month'::pg_catalog."interval";
    v_executions pg_catalog.int8;
    v_counting record;
    v_kept pg_catalog.bytea[];
    v_parent pg_catalog.text;
BEGIN
    IF EXISTS (SELECT FROM script_tracking.open_execution AS o WHERE o.load_date >= v_from AND o.load_date < v_to) THEN
        RETURN NULL;
    END IF;
    -- Executions that are kept for longer keep the month: its other rows are removed one by one.
    IF EXISTS (SELECT FROM script_tracking.retention_rules() AS r
        JOIN script_tracking.script_execution_s AS s ON s.tenant_hk = r.tenant_hk OR s.script_type = r.script_type
        WHERE s.load_date >= v_from AND s.load_date < v_to AND s.execution_timestamp >= r.kept_since) THEN
        RETURN NULL;
    END IF;
    v_kept := ARRAY(SELECT k.script_execution_hk FROM script_tracking.kept_class_executions() AS k);
    IF v_kept <> '{}' AND EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_from AND s.load_date < v_to AND s.script_execution_hk = ANY (v_kept)) THEN
        RETURN NULL;
    END IF;
    -- No writer has uncommitted rows there, and none will until the end, so exactly the counted rows are removed.
    -- Meanwhile other months can be written and all can be read.
    FOREACH v_parent IN ARRAY c_parents LOOP
        IF to_regclass(format('script_tracking.%I', v_parent || '_' || p_month)) IS NOT NULL THEN
            EXECUTE format('LOCK TABLE script_tracking.%I IN SHARE MODE', v_parent || '_' || p_month);
        END IF;
    END LOOP;
    -- What arrived a moment ago is removed once the metrics have counted it.
    v_counting := script_tracking.counting_state();
    IF EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_from AND s.load_date < v_to
                AND s.recorded_by >= v_counting.o_counted_before AND s.recorded_by < v_counting.o_next_id)
        OR EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_from AND s.load_date < v_to AND s.recorded_by = ANY (v_counting.o_counted_without)) THEN
        RETURN NULL;
    END IF;
    WITH RECURSIVE late AS (
        SELECT n.script_execution_hk, n.load_date, n.load_end_date
        FROM script_tracking.script_execution_s AS s
        JOIN script_tracking.script_execution_s AS n
            ON n.load_date = s.load_end_date AND n.script_execution_hk = s.script_execution_hk
        WHERE s.load_date >= v_from AND s.load_date < v_to AND s.load_end_date >= v_to
        UNION ALL
        SELECT n.script_execution_hk, n.load_date, n.load_end_date
        FROM late AS l
        JOIN script_tracking.script_execution_s AS n
            ON n.load_date = l.load_end_date AND n.script_execution_hk = l.script_execution_hk
    )
    DELETE FROM script_tracking.script_execution_s AS s
    USING late AS l
    WHERE s.load_date = l.load_date AND s.script_execution_hk = l.script_execution_hk;
    -- All versions of an execution have the time of the first, which is in this month.
    PERFORM script_tracking.open_rollup_gap(min(s.execution_timestamp), max(s.execution_timestamp))
    FROM script_tracking.script_execution_s AS s WHERE s.load_date >= v_from AND s.load_date < v_to;
    UPDATE script_tracking.search_state AS t SET changed_at = clock_timestamp();
    PERFORM script_tracking.remove_search_segments(ARRAY(
        SELECT g.segment_start FROM script_tracking.search_segment AS g WHERE g.segment_start < v_to AND g.segment_end > v_from));
    SELECT count(*) INTO v_executions
    FROM script_tracking.script_execution_h AS h WHERE h.load_date >= v_from AND h.load_date < v_to;
    -- If sealing began after the month, its leaves are in the default partition.
    DELETE FROM script_tracking.seal_leaf_default AS f WHERE f.load_date >= v_from AND f.load_date < v_to;
    RETURN v_executions;
END
$function$;

COMMENT ON FUNCTION script_tracking.clear_month(pg_catalog.text) IS
    'Removes what depends on a month that is about to be dropped; returns the number of its executions, NULL if one is RUNNING';
