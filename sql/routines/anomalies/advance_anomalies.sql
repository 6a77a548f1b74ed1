-- Brings up to date what `dbtrack anomalies` reads, in one bounded step: o_outcome 'more' says that versions or hours remain, for
-- another call and transaction. First what was never seen before, which is known at once, then the hours. Whole hours whose
-- executions ended late are judged again: with p_is_brief at most every ten minutes, for a caller that asks often.
CREATE OR REPLACE FUNCTION script_tracking.advance_anomalies(
    p_most_rows pg_catalog.int8 DEFAULT 100000,
    p_is_brief pg_catalog.bool DEFAULT false,
    OUT o_outcome pg_catalog.text,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_state script_tracking.anomaly_state;
    v_snapshot pg_catalog.pg_snapshot;
    v_before pg_catalog.xid8;
    v_without pg_catalog.xid8[];
    v_limit pg_catalog.xid8;
    v_noted record;
    v_hour CONSTANT pg_catalog.timestamptz := date_trunc('hour', clock_timestamp(), 'UTC');
    v_oldest CONSTANT pg_catalog.timestamptz := v_hour - '1344 hours'::pg_catalog."interval";
    v_dirty pg_catalog.timestamptz;
    v_until pg_catalog.timestamptz;
BEGIN
    o_versions := 0;
    SELECT t.* INTO v_state FROM script_tracking.anomaly_state AS t FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        o_outcome := 'skipped';
        RETURN;
    END IF;
    -- Nearly always there is nothing new.
    IF p_is_brief AND v_state.advanced_at >= v_hour AND v_state.place = script_tracking.rollup_place() AND NOT EXISTS (
        SELECT FROM script_tracking.script_execution_s AS s WHERE s.recorded_by >= v_state.noted_before)
        AND NOT EXISTS (SELECT FROM script_tracking.script_execution_s AS s WHERE s.recorded_by = ANY (v_state.noted_without)) THEN
        o_outcome := 'done';
        RETURN;
    END IF;
    v_snapshot := pg_current_snapshot();
    v_before := pg_snapshot_xmax(v_snapshot);
    -- This transaction may still write.
    v_without := ARRAY(SELECT pg_snapshot_xip(v_snapshot) UNION SELECT pg_current_xact_id() WHERE pg_current_xact_id() < v_before);
    IF v_state.place IS DISTINCT FROM script_tracking.rollup_place() OR v_state.noted_before > v_before THEN
        -- Ids of another server mean nothing here. What was seen there was seen; its executions are noted again.
        DELETE FROM script_tracking.rollup_login;
        v_state.noted_before := NULL;
        v_state.noted_without := '{}';
        v_state.scored_before := NULL;
        v_state.waits_before := '-infinity';
    END IF;
    SELECT s.recorded_by INTO v_limit FROM script_tracking.script_execution_s AS s
    WHERE s.recorded_by >= coalesce(v_state.noted_before, '0') AND s.recorded_by < v_before
    ORDER BY s.recorded_by
    OFFSET p_most_rows LIMIT 1;
    o_outcome := 'done';
    -- A single transaction is not divided: one that is larger is a step of its own.
    IF v_limit = v_state.noted_before THEN
        SELECT s.recorded_by INTO v_limit FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by > v_state.noted_before AND s.recorded_by < v_before
        ORDER BY s.recorded_by
        LIMIT 1;
    END IF;
    IF v_limit > coalesce(v_state.noted_before, '0') THEN
        v_before := v_limit;
        v_without := ARRAY(SELECT w.id FROM unnest(v_without) AS w (id) WHERE w.id < v_limit);
        o_outcome := 'more';
    END IF;
    v_noted := script_tracking.note_versions(v_state.noted_before, v_state.noted_without, v_before, v_without);
    o_versions := v_noted.o_versions;
    SELECT least(v_noted.o_first_hour, date_trunc('hour', min(w.started_at), 'UTC')) INTO v_dirty
    FROM script_tracking.execution_wait_s AS w
    WHERE w.started_at >= v_oldest AND w.load_date >= v_state.waits_before;
    v_state.waits_before := greatest(v_state.waits_before, least(clock_timestamp(), script_tracking.records_since()));
    IF v_state.scored_before IS NULL THEN
        SELECT date_trunc('hour', min(f.first_at), 'UTC') INTO v_state.scored_before FROM script_tracking.first_seen AS f
        WHERE f.seen_kind = 'login';
    END IF;
    v_state.scored_before := greatest(v_oldest, least(coalesce(v_state.scored_before, v_hour), v_dirty, v_hour));
    IF o_outcome = 'done' AND (v_state.scored_before < v_hour OR v_state.advanced_at IS NULL OR v_state.advanced_at < v_hour)
        AND NOT (p_is_brief AND v_state.advanced_at > clock_timestamp() - '10 minutes'::pg_catalog."interval"
            AND v_state.advanced_at >= v_hour) THEN
        v_until := least(v_hour, v_state.scored_before + '672 hours'::pg_catalog."interval");
        PERFORM script_tracking.score_hours(v_state.scored_before, v_until);
        v_state.scored_before := v_until;
        v_state.advanced_at := clock_timestamp();
        o_outcome := CASE WHEN v_until < v_hour THEN 'more' ELSE 'done' END;
        -- The scores and counts that no question can reach any more.
        DELETE FROM script_tracking.rollup_login AS l WHERE l.hour_start < v_hour - '2400 hours'::pg_catalog."interval";
    END IF;
    IF v_state.advanced_at >= v_hour AND o_versions > 0 THEN
        PERFORM script_tracking.score_running_hour(v_hour);
    END IF;
    UPDATE script_tracking.anomaly_state AS t
    SET place = script_tracking.rollup_place(), noted_before = v_before, noted_without = v_without,
        scored_before = v_state.scored_before, waits_before = v_state.waits_before, advanced_at = v_state.advanced_at;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_anomalies(pg_catalog.int8, pg_catalog.bool) IS
    'Brings up to date what anomalies are found in: done, more (call again) or skipped (another session does it)';
