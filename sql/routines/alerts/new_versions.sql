-- Returns the versions that are visible in one snapshot but were not in an earlier one: each once, in whatever order
-- transactions commit. Without an earlier snapshot those that were recorded since a moment.
CREATE OR REPLACE FUNCTION script_tracking.new_versions(
    p_seen pg_catalog.pg_snapshot,
    p_since pg_catalog.timestamptz,
    p_current pg_catalog.pg_snapshot
)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- One plan for the session. It knows no values, and would estimate a few new rows as a third of all: hence the rest.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
-- An evaluation that starts two processes to find nothing takes a hundred times as long.
SET max_parallel_workers_per_gather = 0
AS $function$
DECLARE
    v_first CONSTANT pg_catalog.xid8 := script_tracking.first_new_transaction(p_seen, p_current);
BEGIN
    IF p_seen IS NULL THEN
        RETURN QUERY SELECT s.* FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_since AND (s.recorded_by IS NULL OR pg_visible_in_snapshot(s.recorded_by, p_current));
        RETURN;
    END IF;
    RETURN QUERY SELECT s.* FROM script_tracking.script_execution_s AS s
    WHERE s.recorded_by >= v_first AND NOT pg_visible_in_snapshot(s.recorded_by, p_seen)
        AND pg_visible_in_snapshot(s.recorded_by, p_current);
END
$function$;

COMMENT ON FUNCTION script_tracking.new_versions(pg_catalog.pg_snapshot, pg_catalog.timestamptz, pg_catalog.pg_snapshot) IS
    'Versions that are visible in one snapshot and were not in an earlier one, for alerts';
