-- Returns the present snapshot and the last version_number that another server gave to a row here whose transaction id
-- looks, in that snapshot, as if it were not committed yet; 0 without one. A dump brought these rows.
CREATE OR REPLACE FUNCTION script_tracking.foreign_floor(
    OUT o_present pg_catalog.pg_snapshot,
    OUT o_version pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET max_parallel_workers_per_gather = 0
AS $function$
BEGIN
    -- One statement, so one snapshot: what it sees and the snapshot does not is from elsewhere, or its own.
    WITH present AS MATERIALIZED (
        SELECT script_tracking.present_snapshot() AS snapshot
    )
    SELECT (SELECT p.snapshot FROM present AS p), coalesce(max(u.version_number), 0)
    INTO o_present, o_version
    FROM (
        SELECT s.version_number, s.recorded_by FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= (SELECT pg_snapshot_xmin(p.snapshot) FROM present AS p)
        UNION ALL
        SELECT n.version_number, n.recorded_by FROM script_tracking.notice AS n
        WHERE n.recorded_by >= (SELECT pg_snapshot_xmin(p.snapshot) FROM present AS p)
        -- A plan for the maximum would walk through all versions from the last one.
        OFFSET 0
    ) AS u
    WHERE NOT pg_visible_in_snapshot(u.recorded_by, (SELECT p.snapshot FROM present AS p))
        AND u.recorded_by IS DISTINCT FROM pg_current_xact_id_if_assigned();
END
$function$;

COMMENT ON FUNCTION script_tracking.foreign_floor() IS
    'The present snapshot, and the last version_number of rows that a dump brought with ids that are not visible in it';
