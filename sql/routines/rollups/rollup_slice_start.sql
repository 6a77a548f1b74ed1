-- Returns where to cut a gap of the rollups so that about this many versions lie after the cut: at a whole hour, and at
-- least one hour from the end.
CREATE OR REPLACE FUNCTION script_tracking.rollup_slice_start(
    p_start pg_catalog.timestamptz,
    p_end pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8
)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_moment pg_catalog.timestamptz;
    v_hour pg_catalog.timestamptz;
BEGIN
    SELECT s.execution_timestamp INTO v_moment
    FROM script_tracking.script_execution_s AS s
    WHERE s.execution_timestamp >= p_start AND s.execution_timestamp < p_end
        AND s.load_date >= p_start - '1 day'::pg_catalog."interval"
    ORDER BY s.execution_timestamp DESC
    OFFSET p_most_rows LIMIT 1;
    v_hour := date_trunc('hour', v_moment, 'UTC');
    RETURN CASE WHEN v_moment IS NULL THEN p_start
        WHEN v_hour + '1 hour'::pg_catalog."interval" < p_end THEN v_hour + '1 hour'::pg_catalog."interval"
        ELSE v_hour END;
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_slice_start(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int8) IS 'Where to cut a gap of the rollups that is too long for one step';
