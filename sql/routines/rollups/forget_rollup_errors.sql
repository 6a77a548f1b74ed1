-- Runs after texts of versions were erased: removes the causes of their hours from the rollups, which then count these
-- hours again. The same applies to the durations, whose microseconds were erased with the metadata.
CREATE OR REPLACE FUNCTION script_tracking.forget_rollup_errors(
    p_keys pg_catalog.bytea[],
    p_load_dates pg_catalog.timestamptz[]
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_hour pg_catalog.timestamptz;
BEGIN
    FOR v_hour IN
        SELECT DISTINCT date_trunc('hour', s.execution_timestamp, 'UTC')
        FROM unnest(p_keys, p_load_dates) AS e (key, load_date)
        JOIN script_tracking.script_execution_s AS s ON s.load_date = e.load_date AND s.script_execution_hk = e.key
    LOOP
        PERFORM script_tracking.open_rollup_gap(v_hour, v_hour);
        DELETE FROM script_tracking.rollup_error AS r
        WHERE r.bucket_start >= v_hour AND r.bucket_start < v_hour + '1 hour'::pg_catalog."interval";
    END LOOP;
    -- Nor what the search knows of their words.
    PERFORM script_tracking.forget_search(p_load_dates);
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_rollup_errors(pg_catalog.bytea[], pg_catalog.timestamptz[]) IS
    'Removes the causes of the hours in which these versions began from the rollups, to be counted again';
