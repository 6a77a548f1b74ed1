-- Returns which transactions' versions the stored counters of the metrics lack: those from o_counted_before on and below
-- o_next_id, and o_counted_without. No row if the counters are of another database: then none is lacking.
CREATE OR REPLACE FUNCTION script_tracking.counting_state(
    OUT o_counted_before pg_catalog.xid8,
    OUT o_counted_without pg_catalog.xid8[],
    OUT o_next_id pg_catalog.xid8
)
RETURNS SETOF pg_catalog.record
LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    -- Ids of another server, which a dump brought, are above all ids of this one.
    SELECT c.counted_before, c.counted_without, pg_snapshot_xmax(pg_current_snapshot())
    FROM script_tracking.counter_state AS c
    WHERE c.place = script_tracking.rollup_place()
$function$;

COMMENT ON FUNCTION script_tracking.counting_state() IS 'Which transactions the stored counters of the metrics lack';
