-- Returns the names with most executions in a range, of a tenant or of all whom the caller sees: from the weeks and days of any zone,
-- the rows at their edges, and p_rows, what came after the rollups. p_key: whose rows of the rollups are read; NULL: those of all
-- tenants that the caller sees.
CREATE OR REPLACE FUNCTION script_tracking.trend_names(
    p_tenant_hk pg_catalog.bytea,
    p_key pg_catalog.bytea,
    p_range pg_catalog.tstzmultirange,
    p_days pg_catalog.tstzmultirange,
    p_rows script_tracking.rollup_day[],
    p_most pg_catalog.int8
)
RETURNS pg_catalog.text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_span pg_catalog.tstzrange;
    v_since pg_catalog.timestamptz;
    v_until pg_catalog.timestamptz;
    v_weeks pg_catalog.timestamptz[];
    v_days pg_catalog.timestamptz[];
    v_rows script_tracking.rollup_day[] := p_rows;
BEGIN
    SELECT s.week_starts, s.day_starts INTO v_weeks, v_days FROM script_tracking.trend_starts(p_days, NULL, NULL) AS s;
    -- Span by span: joined with all of them at once, the planner reads what is between them, too.
    FOR v_span IN SELECT w.span FROM unnest(p_range - p_days) AS w (span) LOOP
        v_since := lower(v_span);
        v_until := upper(v_span);
        v_rows := v_rows || ARRAY(
            SELECT ROW('\x', 'rest', NULL, e.script_name, count(*), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                NULL)::script_tracking.rollup_day
            FROM script_tracking.ended_execution AS e
            WHERE e.execution_timestamp >= v_since AND e.execution_timestamp < v_until
                AND e.load_date >= v_since - '1 day'::pg_catalog."interval" AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
            GROUP BY e.script_name);
    END LOOP;
    RETURN ARRAY(
        SELECT a.subject
        FROM (
            SELECT r.subject::pg_catalog.text, r.ended
            FROM unnest(v_weeks) AS w (week_start)
            JOIN script_tracking.rollup_week AS r ON r.subject_kind = 'name' AND r.week_start = w.week_start
            WHERE r.tenant_hk = p_key OR p_key IS NULL AND r.tenant_hk <> ''
            UNION ALL
            SELECT r.subject, r.ended
            FROM unnest(v_days) AS d (day_start)
            JOIN script_tracking.rollup_day AS r ON r.subject_kind = 'name' AND r.day_start = d.day_start
            WHERE r.tenant_hk = p_key OR p_key IS NULL AND r.tenant_hk <> ''
            UNION ALL
            SELECT n.subject, n.ended FROM unnest(v_rows) AS n
        ) AS a
        GROUP BY a.subject
        ORDER BY sum(a.ended) DESC, a.subject
        LIMIT p_most);
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_names(
    pg_catalog.bytea, pg_catalog.bytea, pg_catalog.tstzmultirange, pg_catalog.tstzmultirange, script_tracking.rollup_day[],
    pg_catalog.int8) IS 'The names with most executions in a range';
