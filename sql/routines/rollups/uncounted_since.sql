-- Returns when the earliest version was written that the rollups do not cover yet, as far as the caller may see; NULL
-- if they cover all. It may be long ago: a version keeps its load_date when it arrives late by replication.
CREATE OR REPLACE FUNCTION script_tracking.uncounted_since(
    p_counted_before pg_catalog.xid8,
    p_counted_without pg_catalog.xid8[]
)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- One plan for the session, because planning for all months takes longer than looking into them. This plan knows no
-- values, and would estimate these few versions as a third of all: hence the next two settings.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $function$
BEGIN
    -- OFFSET, because a plan for the minimum would walk through load_date from its beginning.
    IF p_counted_without = '{}' THEN
        RETURN (
            SELECT min(u.load_date)
            FROM (
                SELECT s.load_date FROM script_tracking.script_execution_s AS s WHERE s.recorded_by >= p_counted_before OFFSET 0
            ) AS u);
    END IF;
    RETURN (
        SELECT min(u.load_date)
        FROM (
            SELECT s.load_date FROM script_tracking.script_execution_s AS s WHERE s.recorded_by >= p_counted_before
            UNION ALL
            SELECT s.load_date FROM script_tracking.script_execution_s AS s WHERE s.recorded_by = ANY (p_counted_without)
            OFFSET 0
        ) AS u);
END
$function$;

COMMENT ON FUNCTION script_tracking.uncounted_since(pg_catalog.xid8, pg_catalog.xid8[]) IS
    'When the earliest version was written that the rollups do not cover; NULL: they cover all';
