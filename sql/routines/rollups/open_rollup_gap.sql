-- Says that executions that began between two moments have changed in a way the rollups cannot follow: superseded after
-- they had ended, removed, or moved. Whoever does such a thing calls this in the same transaction. Reports then read the
-- hours' rows until they are counted anew. Appends only, so that nobody waits for anybody.
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
    'Has the hours from one moment to another counted anew; for the functions that change what the rollups hold';
