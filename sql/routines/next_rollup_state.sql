-- How far the rollups can go now. p_floor and p_bound: no transaction with an id of p_bound or above writes a load_date
-- below p_floor. The floor may be used once all ids below p_bound have ended; until then an earlier one holds, because
-- what is true of the transactions from counted_before on is true of those from a later one on.
CREATE OR REPLACE FUNCTION script_tracking.next_rollup_state(
    p_old script_tracking.rollup_state,
    p_counted_before pg_catalog.xid8,
    p_floor pg_catalog.timestamptz,
    p_bound pg_catalog.xid8
)
RETURNS script_tracking.rollup_state
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_fine_since CONSTANT pg_catalog.timestamptz := date_trunc('day', v_now - '3 days'::pg_catalog."interval", 'UTC');
    v_new script_tracking.rollup_state := p_old;
BEGIN
    v_new.is_only := true;
    v_new.place := script_tracking.rollup_place();
    v_new.counted_before := p_counted_before;
    v_new.advanced_at := v_now;
    v_new.fine_since := greatest(p_old.fine_since, v_fine_since);
    v_new.load_floor := coalesce(p_old.load_floor, '-infinity');
    IF p_counted_before >= p_old.next_counted_before THEN
        v_new.load_floor := greatest(v_new.load_floor, p_old.next_load_floor);
        v_new.next_counted_before := NULL;
        v_new.next_load_floor := NULL;
    END IF;
    IF p_counted_before >= p_bound THEN
        v_new.load_floor := greatest(v_new.load_floor, p_floor);
    ELSIF v_new.next_counted_before IS NULL AND p_floor IS NOT NULL THEN
        -- One that is not reached yet is kept: a later one would be reached later still.
        v_new.next_counted_before := p_bound;
        v_new.next_load_floor := p_floor;
    END IF;
    RETURN v_new;
END
$function$;

COMMENT ON FUNCTION script_tracking.next_rollup_state(
    script_tracking.rollup_state, pg_catalog.xid8, pg_catalog.timestamptz, pg_catalog.xid8) IS 'How far the rollups can go now';
