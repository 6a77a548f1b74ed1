-- Marks the hours between two moments: executions that began there have changed in a way that the rollups cannot
-- follow, because they were superseded after their end, removed or moved. A function that does this calls
-- open_rollup_gap in the same transaction. Reports then read the rows of these hours until they are counted again. It
-- only appends, so nobody waits for anybody.
CREATE OR REPLACE FUNCTION script_tracking.open_rollup_gap(p_first pg_catalog.timestamptz, p_last pg_catalog.timestamptz)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.rollup_gap (gap_start, gap_end)
    SELECT date_trunc('hour', p_first, 'UTC'), date_trunc('hour', p_last, 'UTC') + '1 hour'::pg_catalog."interval"
    WHERE p_first <= p_last AND p_first < 'infinity'
$function$;

COMMENT ON FUNCTION script_tracking.open_rollup_gap(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Marks the hours from one moment to another to be counted again; for functions that change what the rollups cover';
