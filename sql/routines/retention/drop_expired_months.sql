-- Drops all whole months before the cutoff in one transaction: the slow part first, so that others wait only while
-- partitions are dropped. What cannot be locked at once is left to cleanup_step.
CREATE OR REPLACE FUNCTION script_tracking.drop_expired_months(
    p_cutoff pg_catalog.timestamptz,
    OUT o_executions pg_catalog.int8,
    OUT o_months pg_catalog.text[]
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '25ms'
AS $function$
DECLARE
    v_month pg_catalog.text;
    v_removed pg_catalog.int8;
BEGIN
    o_executions := 0;
    o_months := '{}';
    -- What is removed stays counted in the metrics.
    PERFORM script_tracking.advance_counters();
    FOR v_month IN SELECT m FROM script_tracking.expired_months(p_cutoff) AS m LOOP
        v_removed := script_tracking.clear_month(v_month);
        IF v_removed IS NOT NULL THEN
            o_executions := o_executions + v_removed;
            o_months := o_months || v_month;
        END IF;
    END LOOP;
    IF o_months <> '{}' THEN
        PERFORM script_tracking.drop_months(o_months);
        PERFORM script_tracking.note_removal(p_cutoff, o_executions, o_months);
    END IF;
EXCEPTION WHEN lock_not_available THEN
    o_executions := 0;
    o_months := '{}';
END
$function$;

COMMENT ON FUNCTION script_tracking.drop_expired_months(pg_catalog.timestamptz) IS
    'Drops the whole months before a moment; returns how many executions were in them, and which months';
