-- Marks everything to be counted again: reports read the rows until advance_rollups has done it.
CREATE OR REPLACE FUNCTION script_tracking.rebuild_rollups()
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
    INSERT INTO script_tracking.rollup_gap (gap_start, gap_end) VALUES ('-infinity', 'infinity')
$function$;

COMMENT ON FUNCTION script_tracking.rebuild_rollups() IS 'Marks the rollups to be counted again from the rows, by the next advance_rollups';
