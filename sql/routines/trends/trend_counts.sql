-- Counts what trends show, by subject and moment, each in the step in which it began: the weeks and days from the rollups, the rest
-- from tally_hours, of names from the rows, and what came after the rollups from the rows, all in the one snapshot of the calling
-- query. p_most: only of so many tenants or names, those with most executions. Of weeks and days their percentiles come along.
CREATE OR REPLACE FUNCTION script_tracking.trend_counts(
    p_kind pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_days pg_catalog.tstzmultirange,
    p_step pg_catalog.text,
    p_zone pg_catalog.text,
    p_most pg_catalog.int8
)
RETURNS TABLE (
    subject pg_catalog.text,
    moment pg_catalog.timestamptz,
    completed pg_catalog.int8,
    ended pg_catalog.int8,
    timed pg_catalog.int8,
    longest_ms pg_catalog."numeric",
    histogram pg_catalog."numeric",
    percentiles pg_catalog."numeric"[]
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_platform CONSTANT pg_catalog.text := '(platform)';
    v_all CONSTANT pg_catalog.tstzmultirange := tstzmultirange(tstzrange(p_since, p_until));
    v_days CONSTANT pg_catalog.tstzmultirange := p_days * v_all;
    v_rest CONSTANT pg_catalog.tstzmultirange := v_all - p_days;
    v_kind CONSTANT pg_catalog.text := coalesce(p_kind, 'all');
    -- Whose rows are read; NULL: those of all tenants that the caller sees.
    v_key CONSTANT pg_catalog.bytea := CASE WHEN p_tenant_hk IS NULL AND v_kind <> 'tenant'
        AND EXISTS (SELECT FROM script_tracking.rollup_day AS r WHERE r.tenant_hk = '') THEN '' ELSE p_tenant_hk END;
    -- The rollups store no hours of the platform itself: they are what the hours of all have beyond those of its tenants.
    v_sees_platform pg_catalog.bool := false;
    -- The days of any zone say who did most.
    v_all_days pg_catalog.tstzmultirange := v_days;
    v_state script_tracking.rollup_state;
    v_load_floor pg_catalog.timestamptz;
    v_tenants pg_catalog.bytea[];
    v_names pg_catalog.text[];
    v_week_starts pg_catalog.timestamptz[];
    v_day_starts pg_catalog.timestamptz[];
    -- What came after the rollups, as rows of rollup_day: 'day' began in one of v_days, 'rest' only in one of v_all_days.
    v_rows script_tracking.rollup_day[] := '{}';
BEGIN
    IF v_kind = 'name' OR v_kind = 'tenant' AND p_tenant_hk IS NULL THEN
        v_all_days := script_tracking.trend_days(v_kind, p_tenant_hk, p_since, p_until, NULL, NULL);
    END IF;
    IF NOT isempty(v_all_days) THEN
        SELECT c.* INTO v_state FROM script_tracking.current_rollup_state() AS c;
        v_load_floor := script_tracking.uncounted_since(v_state.counted_before, v_state.counted_without);
    END IF;
    IF v_load_floor IS NOT NULL THEN
        v_rows := ARRAY(
            SELECT ROW(t.tenant_hk, t.place, t.moment, t.subject, count(*), count(*) FILTER (WHERE t.execution_status = 'COMPLETED'),
                count(t.duration_ms), max(t.duration_ms), coalesce(sum(('1e' || 10 * t.duration_slot)::pg_catalog."numeric"), 0),
                '{}', NULL, NULL, NULL, NULL, NULL, NULL)::script_tracking.rollup_day
            FROM (
                SELECT CASE WHEN v_kind = 'tenant' THEN coalesce(e.tenant_hk, '') ELSE '\x' END AS tenant_hk,
                    CASE WHEN e.execution_timestamp <@ v_days THEN 'day' ELSE 'rest' END AS place,
                    date_trunc(p_step, e.execution_timestamp, p_zone) AS moment,
                    CASE v_kind WHEN 'type' THEN e.script_type WHEN 'name' THEN e.script_name ELSE '' END AS subject,
                    e.execution_status, e.duration_ms, e.duration_slot
                FROM script_tracking.ended_execution AS e
                WHERE e.load_date >= v_load_floor
                    AND (e.recorded_by >= v_state.counted_before OR e.recorded_by = ANY (v_state.counted_without))
                    AND e.execution_timestamp <@ v_all_days
                    AND (p_tenant_hk IS NULL OR e.tenant_hk IS NOT DISTINCT FROM p_tenant_hk)
            ) AS t
            GROUP BY t.tenant_hk, t.place, t.moment, t.subject);
    END IF;
    SELECT s.week_starts, s.day_starts INTO v_week_starts, v_day_starts
    FROM script_tracking.trend_starts(v_days, CASE WHEN v_kind = 'tenant' OR v_key IS NOT NULL THEN p_step ELSE 'day' END, p_zone) AS s;
    IF v_kind = 'tenant' THEN
        IF p_tenant_hk IS NULL AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
            v_sees_platform := EXISTS (SELECT FROM script_tracking.rollup_total);
        END IF;
        v_tenants := CASE WHEN p_tenant_hk IS NOT NULL THEN ARRAY[p_tenant_hk]
            ELSE script_tracking.trend_tenants(v_all, v_all_days, v_rows, v_sees_platform, p_most) END;
        RETURN QUERY
        SELECT coalesce(h.tenant_bk, c_platform)::pg_catalog.text, c.moment, c.completed, c.ended, c.timed, c.longest_ms, c.histogram,
            c.percentiles
        FROM (
            SELECT r.tenant_hk, r.week_start AS moment, r.completed, r.ended, r.timed, r.longest_ms, r.histogram, r.percentiles
            FROM unnest(v_tenants) AS k (tenant_hk)
            CROSS JOIN unnest(v_week_starts) AS w (week_start)
            -- OFFSET: by its key, because a join would compare each week of a tenant with all weeks.
            CROSS JOIN LATERAL (
                SELECT b.* FROM script_tracking.rollup_week AS b
                WHERE b.tenant_hk = k.tenant_hk AND b.week_start = w.week_start AND b.subject = ''
                    AND b.subject_kind = CASE k.tenant_hk WHEN '' THEN 'platform' ELSE 'all' END
                OFFSET 0
            ) AS r
            UNION ALL
            SELECT r.tenant_hk, r.day_start, r.completed, r.ended, r.timed, r.longest_ms, r.histogram, r.percentiles
            FROM unnest(v_tenants) AS k (tenant_hk)
            CROSS JOIN unnest(v_day_starts) AS d (day_start)
            CROSS JOIN LATERAL (
                SELECT b.* FROM script_tracking.rollup_day AS b
                WHERE b.tenant_hk = k.tenant_hk AND b.day_start = d.day_start AND b.subject = ''
                    AND b.subject_kind = CASE k.tenant_hk WHEN '' THEN 'platform' ELSE 'all' END
                OFFSET 0
            ) AS r
            UNION ALL
            SELECT t.tenant_hk, t.hour_start, t.completed, t.ended, t.timed, t.longest_ms, t.histogram, NULL::pg_catalog."numeric"[]
            FROM unnest(v_rest) AS w (span)
            CROSS JOIN LATERAL script_tracking.tally_hours(p_tenant_hk, lower(w.span), upper(w.span), true, v_tenants) AS t
            WHERE t.tenant_hk <> '' OR NOT v_sees_platform
            UNION ALL
            SELECT '', t.hour_start, sum(b.sign * t.completed)::pg_catalog.int8, sum(b.sign * t.ended)::pg_catalog.int8,
                sum(b.sign * t.timed)::pg_catalog.int8, max(t.longest_ms) FILTER (WHERE b.sign = 1), sum(b.sign * t.histogram),
                NULL::pg_catalog."numeric"[]
            FROM unnest(v_rest) AS w (span)
            CROSS JOIN (VALUES (1), (-1)) AS b (sign)
            CROSS JOIN LATERAL script_tracking.tally_hours(NULL, lower(w.span), upper(w.span), b.sign = -1) AS t
            WHERE v_sees_platform AND '' = ANY (v_tenants) AND (b.sign = 1 OR t.tenant_hk <> '')
            GROUP BY t.hour_start
            HAVING sum(b.sign * t.ended) > 0
            UNION ALL
            SELECT n.tenant_hk, n.day_start, n.completed, n.ended, n.timed, n.longest_ms, n.histogram, NULL::pg_catalog."numeric"[]
            FROM unnest(v_rows) AS n WHERE n.tenant_hk = ANY (v_tenants) AND n.subject_kind = 'day'
        ) AS c
        LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = c.tenant_hk;
        RETURN;
    END IF;
    IF v_kind = 'name' THEN
        v_names := script_tracking.trend_names(p_tenant_hk, v_key, v_all, v_all_days, v_rows, p_most);
        RETURN QUERY
        SELECT c.subject, c.moment, c.completed, c.ended, c.timed, c.longest_ms, c.histogram, c.percentiles
        FROM script_tracking.name_counts(v_names, p_tenant_hk, v_key, v_week_starts, v_day_starts, v_rest, p_step, p_zone) AS c;
    ELSIF v_key IS NOT NULL THEN
        -- Day by day: to a range the planner would prefer the index of all tenants.
        RETURN QUERY
        SELECT CASE v_kind WHEN 'all' THEN 'all' ELSE r.subject::pg_catalog.text END, r.week_start, r.completed, r.ended, r.timed,
            r.longest_ms, r.histogram, r.percentiles
        FROM unnest(v_week_starts) AS w (week_start)
        JOIN script_tracking.rollup_week AS r ON r.tenant_hk = v_key AND r.subject_kind = v_kind AND r.week_start = w.week_start
        UNION ALL
        SELECT CASE v_kind WHEN 'all' THEN 'all' ELSE r.subject::pg_catalog.text END, r.day_start, r.completed, r.ended, r.timed,
            r.longest_ms, r.histogram, r.percentiles
        FROM unnest(v_day_starts) AS d (day_start)
        JOIN script_tracking.rollup_day AS r ON r.tenant_hk = v_key AND r.subject_kind = v_kind AND r.day_start = d.day_start;
    ELSE
        RETURN QUERY
        SELECT CASE v_kind WHEN 'all' THEN 'all' ELSE r.subject::pg_catalog.text END, r.day_start, r.completed, r.ended, r.timed,
            r.longest_ms, r.histogram, r.percentiles
        FROM unnest(v_days) AS w (span)
        JOIN script_tracking.rollup_day AS r ON r.day_start >= lower(w.span) AND r.day_start < upper(w.span)
        WHERE r.tenant_hk <> '' AND r.subject_kind = v_kind;
    END IF;
    RETURN QUERY
    SELECT CASE v_kind WHEN 'all' THEN 'all' ELSE n.subject::pg_catalog.text END, n.day_start, n.completed, n.ended, n.timed,
        n.longest_ms, n.histogram, NULL::pg_catalog."numeric"[]
    FROM unnest(v_rows) AS n WHERE n.subject_kind = 'day' AND (v_names IS NULL OR n.subject = ANY (v_names))
    UNION ALL
    SELECT CASE v_kind WHEN 'type' THEN t.script_type ELSE 'all' END, t.hour_start, t.completed, t.ended, t.timed, t.longest_ms,
        t.histogram, NULL::pg_catalog."numeric"[]
    FROM unnest(v_rest) AS w (span)
    CROSS JOIN LATERAL script_tracking.tally_hours(p_tenant_hk, lower(w.span), upper(w.span)) AS t
    WHERE v_kind <> 'name';
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_counts(
    pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.text,
    pg_catalog.text, pg_catalog.int8) IS
    'What trends show, counted by subject and moment: from the weeks and days of the rollups, otherwise from hours or rows';
