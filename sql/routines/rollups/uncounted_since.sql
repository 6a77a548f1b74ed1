-- When the earliest was written of the versions that the rollups do not hold yet, as far as the caller may see them; NULL:
-- they hold all. It may be long ago: a version keeps its load_date when it arrives late by replication.
CREATE OR REPLACE FUNCTION script_tracking.uncounted_since(
    p_counted_before pg_catalog.xid8,
    p_counted_without pg_catalog.xid8[]
)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- One plan a session: to plan for all months takes longer than to look into them. It knows no value, and would take
-- these few versions for a third of all.
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
    'When the earliest was written of the versions that the rollups do not hold; NULL: they hold all';
