-- How far the rollups go; no row where they cannot be used: never built, or built on another server, in another
-- database or so long ago that transaction ids can no longer be compared.
CREATE OR REPLACE FUNCTION script_tracking.current_rollup_state()
RETURNS SETOF script_tracking.rollup_state
LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.*
    FROM script_tracking.rollup_state AS s
    WHERE s.place = script_tracking.rollup_place()
        AND pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8
            - s.counted_before::pg_catalog.text::pg_catalog.int8 BETWEEN 0 AND 1000000000
$function$;

COMMENT ON FUNCTION script_tracking.current_rollup_state() IS 'How far the rollups go; no row where they cannot be used';
