-- Returns the tenants with most executions in a range, the empty one being the platform: from the weeks and days of any zone, the hours
-- at their edges, and p_rows, what came after the rollups.
CREATE OR REPLACE FUNCTION script_tracking.trend_tenants(
    p_range pg_catalog.tstzmultirange,
    p_days pg_catalog.tstzmultirange,
    p_rows script_tracking.rollup_day[],
    p_sees_platform pg_catalog.bool,
    p_most pg_catalog.int8
)
RETURNS pg_catalog.bytea[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_platform CONSTANT pg_catalog.text := '(platform)';
    v_weeks pg_catalog.timestamptz[];
    v_days pg_catalog.timestamptz[];
BEGIN
    SELECT s.week_starts, s.day_starts INTO v_weeks, v_days FROM script_tracking.trend_starts(p_days, NULL, NULL) AS s;
    RETURN ARRAY(
        SELECT a.tenant_hk
        FROM (
            SELECT r.tenant_hk, r.ended
            FROM unnest(v_weeks) AS w (week_start)
            JOIN script_tracking.rollup_week AS r ON r.week_start = w.week_start
            WHERE r.subject_kind = 'all' AND r.tenant_hk <> ''
            UNION ALL
            SELECT r.tenant_hk, r.ended
            FROM unnest(v_days) AS d (day_start)
            JOIN script_tracking.rollup_day AS r ON r.day_start = d.day_start
            WHERE r.subject_kind = 'all' AND r.tenant_hk <> ''
            UNION ALL
            SELECT '', r.ended
            FROM unnest(v_weeks) AS w (week_start)
            JOIN script_tracking.rollup_week AS r ON r.tenant_hk = '' AND r.subject_kind = 'platform' AND r.week_start = w.week_start
            UNION ALL
            SELECT '', r.ended
            FROM unnest(v_days) AS d (day_start)
            JOIN script_tracking.rollup_day AS r ON r.tenant_hk = '' AND r.subject_kind = 'platform' AND r.day_start = d.day_start
            UNION ALL
            SELECT t.tenant_hk, t.ended FROM script_tracking.count_by_tenant(p_range - p_days, p_sees_platform) AS t
            UNION ALL
            SELECT n.tenant_hk, n.ended FROM unnest(p_rows) AS n
        ) AS a
        LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = a.tenant_hk
        GROUP BY a.tenant_hk, h.tenant_bk
        HAVING sum(a.ended) > 0
        ORDER BY sum(a.ended) DESC, coalesce(h.tenant_bk, c_platform)
        LIMIT p_most);
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_tenants(
    pg_catalog.tstzmultirange, pg_catalog.tstzmultirange, script_tracking.rollup_day[], pg_catalog.bool, pg_catalog.int8) IS
    'The tenants with most executions in a range';
