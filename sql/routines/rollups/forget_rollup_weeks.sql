-- Removes the weeks of these days from the rollups: advance_rollup_days counts them again.
CREATE OR REPLACE FUNCTION script_tracking.forget_rollup_weeks(p_day_starts pg_catalog.timestamptz[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_weeks pg_catalog.timestamptz[];
BEGIN
    WITH gone AS (
        DELETE FROM script_tracking.rollup_week_state AS s
        WHERE EXISTS (SELECT FROM unnest(p_day_starts) AS d (day_start) WHERE d.day_start >= s.week_start AND d.day_start < s.week_end)
        RETURNING s.week_start
    )
    SELECT array_agg(g.week_start) INTO v_weeks FROM gone AS g;
    IF v_weeks IS NULL THEN
        RETURN;
    END IF;
    -- Each tenant's week has a row of this kind.
    DELETE FROM script_tracking.rollup_week AS r
    USING script_tracking.rollup_week AS a
    WHERE a.subject_kind = 'all' AND a.week_start = ANY (v_weeks) AND r.tenant_hk = a.tenant_hk AND r.week_start = a.week_start
        AND r.subject_kind IN ('all', 'type', 'name', 'platform');
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_rollup_weeks(pg_catalog.timestamptz[]) IS
    'Removes the weeks of these days from the rollups, to be counted again';
