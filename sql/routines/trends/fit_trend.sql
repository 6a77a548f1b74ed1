-- Fits a straight line to a series that has seasons, such as the days of a week, and says whether there is a trend at all: the
-- slope is the median of the slopes between any two points of the same season (Sen 1968), the test is the seasonal Kendall test
-- (Hirsch, Slack and Smith 1982), which no single outlier and no season can mislead. Points that are NULL are left out. With fewer
-- than two points of a season, the series is taken to have none.
CREATE OR REPLACE FUNCTION script_tracking.fit_trend(
    p_points pg_catalog.float8[],
    p_seasons pg_catalog.int4 DEFAULT 1
)
RETURNS TABLE (
    points pg_catalog.int4,
    slope pg_catalog.float8,
    middle pg_catalog.float8,
    p_value pg_catalog.float8,
    season_share pg_catalog.float8,
    peak_season pg_catalog.int4
)
LANGUAGE sql IMMUTABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    WITH point AS (
        SELECT v.place, v.value, CASE WHEN cardinality(p_points) >= 2 * p_seasons THEN (v.place - 1) % p_seasons ELSE 0 END AS season
        FROM unnest(p_points) WITH ORDINALITY AS v (value, place)
        WHERE v.value IS NOT NULL
    ), sloped AS (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (b.value - a.value) / (b.place - a.place)) AS slope,
            coalesce(sum(sign(b.value - a.value)), 0) AS s
        FROM point AS a
        JOIN point AS b ON b.season = a.season AND b.place > a.place
    ), tied AS (
        SELECT p.season, p.value, count(*)::pg_catalog.float8 AS n FROM point AS p GROUP BY p.season, p.value
    ), season AS (
        SELECT t.season, sum(t.n) AS n, sum(t.n * t.value) / sum(t.n) AS mean, sum(t.n * (t.n - 1) * (2 * t.n + 5)) AS ties
        FROM tied AS t GROUP BY t.season
    ), whole AS (
        SELECT count(*)::pg_catalog.int4 AS points, avg(p.value) AS mean, var_pop(p.value) * count(*) AS spread,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY p.value) AS middle
        FROM point AS p
    ), between_seasons AS (
        SELECT sum(e.n * (e.n - 1) * (2 * e.n + 5) - e.ties) / 18 AS variance, sum(e.n * (e.mean - w.mean) ^ 2) AS spread,
            (array_agg(e.season ORDER BY e.mean DESC, e.season))[1] AS peak
        FROM season AS e CROSS JOIN whole AS w
    )
    SELECT w.points, s.slope, w.middle,
        -- The complementary error function by Abramowitz and Stegun 7.1.26, accurate to 0.00000015: PostgreSQL 15 has none.
        t.t * (0.254829592 + t.t * (-0.284496736 + t.t * (1.421413741 + t.t * (-1.453152027 + t.t * 1.061405429))))
            * exp(-(least(x.x, 25) ^ 2)),
        b.spread / nullif(w.spread, 0), CASE WHEN w.spread > 0 THEN b.peak END::pg_catalog.int4
    FROM whole AS w
    CROSS JOIN sloped AS s
    CROSS JOIN between_seasons AS b
    CROSS JOIN LATERAL (SELECT CASE WHEN b.variance > 0
        THEN greatest(abs(s.s) - 1, 0) / sqrt(b.variance) / sqrt(2.0::pg_catalog.float8) END AS x) AS x
    CROSS JOIN LATERAL (SELECT 1 / (1 + 0.3275911::pg_catalog.float8 * x.x) AS t) AS t
$function$;

COMMENT ON FUNCTION script_tracking.fit_trend(pg_catalog.float8[], pg_catalog.int4) IS
    'The slope of a series a step (median of the slopes within seasons), its median, the probability of such a trend by chance '
    '(seasonal Kendall test), the share of the variance between the seasons, and the season, counted from 0, with the highest mean';
