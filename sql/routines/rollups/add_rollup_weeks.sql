-- Adds up the days of weeks that the rollups do not have yet, the latest first, until about so many rows are written; true: weeks
-- remain. The types and the names of a tenant's week have rows if all its days have them.
CREATE OR REPLACE FUNCTION script_tracking.add_rollup_weeks(p_zone pg_catalog.text, p_most_rows pg_catalog.int8)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_week record;
    v_starts pg_catalog.timestamptz[];
    v_left pg_catalog.int8 := p_most_rows;
    v_rows pg_catalog.int8;
BEGIN
    FOR v_week IN
        SELECT w.week_start, w.week_end, w.day_starts
        FROM (
            SELECT date_trunc('week', s.day_start, p_zone) AS week_start, max(s.day_end) AS week_end, array_agg(s.day_start) AS day_starts
            FROM script_tracking.rollup_day_state AS s
            WHERE s.counted_since = s.day_start
            GROUP BY date_trunc('week', s.day_start, p_zone)
            HAVING count(*) = 7
        ) AS w
        WHERE NOT EXISTS (SELECT FROM script_tracking.rollup_week_state AS k WHERE k.week_start = w.week_start)
        ORDER BY w.week_start DESC
    LOOP
        IF v_left <= 0 THEN
            RETURN true;
        END IF;
        v_starts := v_week.day_starts;
        INSERT INTO script_tracking.rollup_week_state (week_start, week_end) VALUES (v_week.week_start, v_week.week_end);
        WITH tenant AS MATERIALIZED (
            -- Each tenant's day has a row of this kind.
            SELECT a.tenant_hk, bool_and(a.has_types) AS has_types, bool_and(a.has_names) AS has_names
            FROM script_tracking.rollup_day AS a
            WHERE a.subject_kind = 'all' AND a.day_start = ANY (v_starts)
            GROUP BY a.tenant_hk
        ), summed AS MATERIALIZED (
            SELECT r.tenant_hk, r.subject_kind, r.subject, sum(r.ended)::pg_catalog.int8 AS ended,
                sum(r.completed)::pg_catalog.int8 AS completed, sum(r.timed)::pg_catalog.int8 AS timed, max(r.longest_ms) AS longest_ms,
                sum(r.histogram) AS histogram
            FROM tenant AS t
            CROSS JOIN LATERAL unnest(ARRAY['all', 'platform', CASE WHEN t.has_types THEN 'type' END,
                CASE WHEN t.has_names THEN 'name' END]) AS k (kind)
            JOIN script_tracking.rollup_day AS r ON r.tenant_hk = t.tenant_hk AND r.subject_kind = k.kind AND r.day_start = ANY (v_starts)
            GROUP BY r.tenant_hk, r.subject_kind, r.subject
        )
        INSERT INTO script_tracking.rollup_week
            (tenant_hk, subject_kind, week_start, subject, ended, completed, timed, longest_ms, histogram, percentiles)
        SELECT s.tenant_hk, s.subject_kind, v_week.week_start, s.subject, s.ended, s.completed, s.timed, s.longest_ms, s.histogram,
            script_tracking.histogram_percentiles('{0.50,0.95,0.99}', s.histogram, s.timed, s.longest_ms)
        FROM summed AS s;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_left := v_left - greatest(v_rows, 100);
    END LOOP;
    RETURN false;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_rollup_weeks(pg_catalog.text, pg_catalog.int8) IS
    'Adds up the days of weeks that the rollups do not have yet, until about so many rows are written; true: weeks remain';
