-- Adds to the counters what was recorded and committed since they were last advanced; at most about this many versions
-- (NULL: all). Returns how many executions it added; NULL if another session is doing it.
CREATE OR REPLACE FUNCTION script_tracking.advance_counters(p_most_rows pg_catalog.int8 DEFAULT NULL)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_state script_tracking.counter_state;
    v_snapshot pg_catalog.pg_snapshot;
    v_before pg_catalog.xid8;
    v_without pg_catalog.xid8[];
    v_limit pg_catalog.xid8;
    v_executions pg_catalog.int8 := 0;
BEGIN
    SELECT c.* INTO v_state FROM script_tracking.counter_state AS c FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_snapshot := pg_current_snapshot();
    v_before := pg_snapshot_xmax(v_snapshot);
    -- This transaction may still write, so it is not counted itself.
    v_without := ARRAY(SELECT pg_snapshot_xip(v_snapshot)
        UNION SELECT pg_current_xact_id() WHERE pg_current_xact_id() < v_before);
    -- In a copy, ids of the other server mean nothing: counting continues from now.
    IF v_state.place = script_tracking.rollup_place() AND v_state.counted_before <= v_before THEN
        SELECT s.recorded_by INTO v_limit
        FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= v_state.counted_before AND s.recorded_by < v_before
        ORDER BY s.recorded_by
        OFFSET p_most_rows LIMIT 1;
        -- A single transaction is not divided.
        IF p_most_rows IS NOT NULL AND v_limit > v_state.counted_before THEN
            v_before := v_limit;
            v_without := ARRAY(SELECT w.id FROM unnest(v_without) AS w (id) WHERE w.id < v_limit);
        END IF;
        WITH added AS (
            INSERT INTO script_tracking.execution_counter AS c
            SELECT coalesce(u.tenant_hk, '\x'), u.script_type, u.execution_status, u.error_class, u.executions, u.timed, u.duration_ms,
                u.duration_histogram, u.first_version
            FROM script_tracking.uncounted_executions(v_state.counted_before, v_state.counted_without, v_before, v_without) AS u
            ON CONFLICT ON CONSTRAINT execution_counter_pkey DO UPDATE SET executions = c.executions + excluded.executions,
                timed = c.timed + excluded.timed, duration_ms = c.duration_ms + excluded.duration_ms,
                duration_histogram = c.duration_histogram + excluded.duration_histogram,
                first_version = least(c.first_version, excluded.first_version)
            RETURNING 1
        )
        SELECT count(*) INTO v_executions FROM added;
    END IF;
    UPDATE script_tracking.counter_state SET place = script_tracking.rollup_place(), counted_before = v_before,
        counted_without = v_without, advanced_at = clock_timestamp();
    RETURN v_executions;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_counters(pg_catalog.int8) IS
    'Adds to the counters of the metrics what was recorded since they were last advanced; NULL: another session is doing it';
