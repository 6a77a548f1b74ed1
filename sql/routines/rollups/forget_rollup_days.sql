-- Removes the days that a range touches from the rollups: their hours are counted again, and after that the days.
CREATE OR REPLACE FUNCTION script_tracking.forget_rollup_days(p_start pg_catalog.timestamptz, p_end pg_catalog.timestamptz)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_days pg_catalog.timestamptz[];
BEGIN
    WITH gone AS (
        DELETE FROM script_tracking.rollup_day_state AS s WHERE s.day_start < p_end AND s.day_end > p_start RETURNING s.day_start
    )
    SELECT array_agg(g.day_start) INTO v_days FROM gone AS g;
    PERFORM script_tracking.forget_rollup_weeks(v_days);
    -- Each tenant's day has a row of this kind.
    DELETE FROM script_tracking.rollup_day AS r
    USING script_tracking.rollup_day AS a
    WHERE a.subject_kind = 'all' AND a.day_start = ANY (v_days) AND r.tenant_hk = a.tenant_hk AND r.day_start = a.day_start
        AND r.subject_kind IN ('all', 'type', 'name', 'platform');
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_rollup_days(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Removes the days that a range touches from the rollups, to be counted again';
