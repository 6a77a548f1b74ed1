-- Returns how far the rollups reach; no row if they cannot be used: never built, or built on another server or in
-- another database, whose transaction ids mean nothing here.
CREATE OR REPLACE FUNCTION script_tracking.current_rollup_state()
RETURNS SETOF script_tracking.rollup_state
LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.*
    FROM script_tracking.rollup_state AS s
    WHERE s.place = script_tracking.rollup_place()
        AND s.counted_before <= pg_snapshot_xmax(pg_current_snapshot())
$function$;

COMMENT ON FUNCTION script_tracking.current_rollup_state() IS 'How far the rollups reach; no row if they cannot be used';
