-- Returns how throughput, success and durations developed: a row for each measure, overall or of each type, tenant or name, with a
-- point an hour, a day or a week, and whether these points have a trend. Only whole steps count. Days and weeks come from the rollups.
-- Of names it reads the rows where the rollups do not have them, at most the latest 200,000, and then begins where these do. A series
-- begins with the first step in which something ended: that nothing was recorded before it does not mean that nothing happened.
CREATE OR REPLACE FUNCTION script_tracking.get_trends(
    step pg_catalog.text DEFAULT 'day',
    subject_kind pg_catalog.text DEFAULT NULL,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL,
    zone pg_catalog.text DEFAULT 'UTC',
    maximum_subjects pg_catalog.int8 DEFAULT 20
)
RETURNS TABLE (
    subject pg_catalog.text,
    measure pg_catalog.text,
    middle pg_catalog."numeric",
    change_percent pg_catalog."numeric",
    p_value pg_catalog."numeric",
    direction pg_catalog.text,
    season_share pg_catalog."numeric",
    peak pg_catalog.text,
    first_step pg_catalog.timestamptz,
    steps pg_catalog.int4,
    points pg_catalog."numeric"[]
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- Enough for the histograms of twenty subjects.
SET work_mem = '32MB'
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_zone CONSTANT pg_catalog.text := get_trends.zone;
    v_step CONSTANT pg_catalog.text := get_trends.step;
    v_kind CONSTANT pg_catalog.text := get_trends.subject_kind;
    v_tenant_hk CONSTANT pg_catalog.bytea := get_trends.tenant_hk;
    v_length pg_catalog."interval";
    v_seasons pg_catalog.int4;
    v_until pg_catalog.timestamptz;
    v_since pg_catalog.timestamptz;
    v_days pg_catalog.tstzmultirange := '{}';
BEGIN
    IF v_step IS NULL OR v_step NOT IN ('hour', 'day', 'week') THEN
        RAISE EXCEPTION 'there are no trends by %', coalesce(v_step, 'NULL') USING ERRCODE = 'DT006', HINT = 'hour, day or week';
    END IF;
    IF v_kind NOT IN ('type', 'tenant', 'name') THEN
        RAISE EXCEPTION 'there are no trends of each %', v_kind USING ERRCODE = 'DT006', HINT = 'by type, tenant or name';
    END IF;
    BEGIN
        PERFORM statement_timestamp() AT TIME ZONE v_zone;
    EXCEPTION WHEN invalid_parameter_value THEN
        RAISE EXCEPTION 'there is no time zone %', left(v_zone, 80)
            USING ERRCODE = 'DT006', HINT = 'write it as Europe/Berlin, or UTC';
    END;
    PERFORM script_tracking.record_access('performance', encode(v_tenant_hk, 'hex'), NULL, true);
    v_length := ('1 ' || v_step)::pg_catalog."interval";
    v_seasons := CASE v_step WHEN 'hour' THEN 24 WHEN 'day' THEN 7 ELSE 1 END;
    v_until := date_trunc(v_step, coalesce(get_trends.until, statement_timestamp()), v_zone);
    v_since := date_trunc(v_step, coalesce(get_trends.since, ((v_until AT TIME ZONE v_zone)
        - CASE v_step WHEN 'hour' THEN '7 days' WHEN 'day' THEN '90 days' ELSE '364 days' END::pg_catalog."interval")
        AT TIME ZONE v_zone), v_zone);
    IF v_step <> 'hour' THEN
        v_days := script_tracking.trend_days(v_kind, v_tenant_hk, v_since, v_until, v_step, v_zone);
    END IF;
    IF v_kind = 'name' THEN
        -- The step after the oldest row that is read is the first whole one.
        v_since := greatest(v_since, date_trunc(v_step, script_tracking.trend_begin(v_tenant_hk,
            tstzmultirange(tstzrange(v_since, v_until)) - v_days), v_zone) + v_length);
    END IF;
    RETURN QUERY
    WITH counted AS (
        SELECT t.subject, date_trunc(v_step, t.moment, v_zone) AS bucket, t.completed, t.ended, t.timed, t.longest_ms, t.histogram,
            t.percentiles
        FROM script_tracking.trend_counts(v_kind, v_tenant_hk, v_since, v_until, v_days, v_step, v_zone,
            get_trends.maximum_subjects) AS t
    ), step AS MATERIALIZED (
        SELECT c.subject, c.bucket, sum(c.completed)::pg_catalog.int8 AS completed, sum(c.ended)::pg_catalog.int8 AS ended,
            sum(c.timed)::pg_catalog.int8 AS timed, max(c.longest_ms) AS longest_ms, sum(c.histogram) AS histogram,
            CASE WHEN count(*) = 1 THEN max(c.percentiles) END AS percentiles
        FROM counted AS c
        GROUP BY c.subject, c.bucket
    ), chosen AS MATERIALIZED (
        SELECT s.subject, sum(s.ended) AS ended, min(s.bucket) AS first_step FROM step AS s
        GROUP BY s.subject ORDER BY sum(s.ended) DESC, s.subject LIMIT get_trends.maximum_subjects
    ), bucket AS (
        -- Days of 23 and 25 hours are days.
        SELECT g.local AT TIME ZONE v_zone AS bucket
        FROM generate_series(v_since AT TIME ZONE v_zone, v_until AT TIME ZONE v_zone - '1 microsecond'::pg_catalog."interval",
            v_length) AS g (local)
        WHERE v_step <> 'hour'
        UNION ALL
        SELECT g.bucket FROM generate_series(v_since, v_until - '1 microsecond'::pg_catalog."interval", v_length) AS g (bucket)
        WHERE v_step = 'hour'
    ), point AS MATERIALIZED (
        SELECT c.subject, b.bucket, coalesce(s.ended, 0) AS operations,
            round(100.0 * s.completed / nullif(s.ended, 0), 2) AS success_rate,
            -- A row of a day has its own.
            CASE WHEN s.percentiles IS NOT NULL THEN s.percentiles WHEN s.timed > 0 THEN
                script_tracking.histogram_percentiles('{0.50,0.95,0.99}', s.histogram, s.timed, s.longest_ms) END AS percentiles
        FROM chosen AS c
        JOIN bucket AS b ON b.bucket >= c.first_step
        LEFT JOIN step AS s ON s.subject = c.subject AND s.bucket = b.bucket
    ), collected AS (
        SELECT p.subject, array_agg(p.operations::pg_catalog."numeric" ORDER BY p.bucket) AS operations,
            array_agg(p.success_rate ORDER BY p.bucket) AS success_rate,
            array_agg(round(p.percentiles[1], 3) ORDER BY p.bucket) AS p50_duration_ms,
            array_agg(round(p.percentiles[2], 3) ORDER BY p.bucket) AS p95_duration_ms,
            array_agg(round(p.percentiles[3], 3) ORDER BY p.bucket) AS p99_duration_ms
        FROM point AS p
        GROUP BY p.subject
    ), series AS MATERIALIZED (
        SELECT c.subject, m.measure, m.place, m.points
        FROM collected AS c
        CROSS JOIN LATERAL (VALUES (1, 'operations', c.operations), (2, 'success_rate', c.success_rate),
            (3, 'p50_duration_ms', c.p50_duration_ms), (4, 'p95_duration_ms', c.p95_duration_ms),
            (5, 'p99_duration_ms', c.p99_duration_ms)) AS m (place, measure, points)
    )
    SELECT s.subject, s.measure, round(f.middle::pg_catalog."numeric", 3),
        round((100 * f.slope * (cardinality(s.points) - 1) / nullif(abs(f.middle), 0))::pg_catalog."numeric", 1),
        round(f.p_value::pg_catalog."numeric", 4),
        CASE WHEN f.points < 8 THEN NULL WHEN f.p_value < 0.05 AND f.slope > 0 THEN 'UP' WHEN f.p_value < 0.05 AND f.slope < 0 THEN 'DOWN'
            ELSE 'STABLE' END,
        CASE WHEN f.points >= 3 * v_seasons AND v_seasons > 1 THEN round(f.season_share::pg_catalog."numeric", 2) END,
        -- A third of the variance is more than the seasons of a series without any have.
        CASE WHEN f.points >= 3 * v_seasons AND v_seasons > 1 AND f.season_share > 0.33 THEN
            CASE v_step WHEN 'hour' THEN to_char((c.first_step AT TIME ZONE v_zone) + f.peak_season * v_length, 'HH24:MI')
                -- Not to_char, which speaks the session's language.
                ELSE ('{Mon,Tue,Wed,Thu,Fri,Sat,Sun}'::pg_catalog.text[])[
                    extract(isodow FROM (c.first_step AT TIME ZONE v_zone) + f.peak_season * v_length)::pg_catalog.int4] END END,
        c.first_step, cardinality(s.points), s.points
    FROM series AS s
    JOIN chosen AS c ON c.subject = s.subject
    CROSS JOIN LATERAL script_tracking.fit_trend(s.points::pg_catalog.float8[], v_seasons) AS f
    ORDER BY c.ended DESC, s.subject, s.place;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_trends(
    pg_catalog.text, pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text,
    pg_catalog.int8) IS
    'How throughput, success and durations developed by hour, day or week, overall or by type, tenant or name, with the points, '
    'their change over the window and its significance';
