-- Returns how far the rollups can reach now: to everything that has been committed, which is what the snapshot of this
-- call sees. This transaction may still write, so it is not counted itself.
CREATE OR REPLACE FUNCTION script_tracking.next_rollup_state(p_old script_tracking.rollup_state)
RETURNS script_tracking.rollup_state
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_fine_since CONSTANT pg_catalog.timestamptz := date_trunc('day', v_now - '3 days'::pg_catalog."interval", 'UTC');
    v_snapshot CONSTANT pg_catalog.pg_snapshot := pg_current_snapshot();
    v_new script_tracking.rollup_state := p_old;
BEGIN
    v_new.is_only := true;
    v_new.place := script_tracking.rollup_place();
    v_new.counted_before := pg_snapshot_xmax(v_snapshot);
    v_new.counted_without := ARRAY(SELECT pg_snapshot_xip(v_snapshot)
        UNION SELECT pg_current_xact_id() WHERE pg_current_xact_id() < v_new.counted_before);
    v_new.advanced_at := v_now;
    v_new.fine_since := greatest(p_old.fine_since, v_fine_since);
    RETURN v_new;
END
$function$;

COMMENT ON FUNCTION script_tracking.next_rollup_state(script_tracking.rollup_state) IS 'How far the rollups can reach now';
