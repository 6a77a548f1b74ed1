-- Predicts the next of a series of positive values, such as durations, as an interval (split conformal): the first third gives the
-- middle, and the interval reaches as far from it, by a factor, as the given share of the other values did. If the values are
-- exchangeable, the next one is in it as often as level says, which fewer values lower. With the latest values first, a series that
-- drifts has a middle that is up to date. With fewer than four other values low, high and level are NULL.
CREATE OR REPLACE FUNCTION script_tracking.conformal_interval(
    p_values pg_catalog.float8[],
    p_level pg_catalog.float8 DEFAULT 0.9
)
RETURNS TABLE (
    low pg_catalog.float8,
    middle pg_catalog.float8,
    high pg_catalog.float8,
    level pg_catalog.float8,
    cases pg_catalog.int4
)
LANGUAGE sql IMMUTABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH numbered AS (
        SELECT v.value, row_number() OVER (ORDER BY v.place) AS place, count(*) OVER () AS cases
        FROM unnest(p_values) WITH ORDINALITY AS v (value, place)
        WHERE v.value > 0
    ), base AS (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n.value) FILTER (WHERE n.place <= greatest(1, n.cases / 3)) AS middle,
            count(*)::pg_catalog.int4 AS cases
        FROM numbered AS n
    ), score AS (
        SELECT array_agg(abs(ln(n.value / b.middle)) ORDER BY abs(ln(n.value / b.middle))) AS scores
        FROM numbered AS n CROSS JOIN base AS b
        WHERE n.place > greatest(1, n.cases / 3)
    ), ranked AS (
        SELECT s.scores, cardinality(s.scores) AS n,
            least(ceil((cardinality(s.scores) + 1) * p_level), cardinality(s.scores))::pg_catalog.int4 AS rank
        FROM score AS s
        WHERE cardinality(s.scores) >= 4
    )
    SELECT b.middle / exp(r.scores[r.rank]), b.middle, b.middle * exp(r.scores[r.rank]),
        CASE WHEN r.n IS NOT NULL THEN least(p_level, r.rank / (r.n + 1)::pg_catalog.float8) END, b.cases
    FROM base AS b LEFT JOIN ranked AS r ON true
$function$;

COMMENT ON FUNCTION script_tracking.conformal_interval(pg_catalog.float8[], pg_catalog.float8) IS
    'The interval in which the next of a series of positive values lies, the latest first, and the share of cases in which that '
    'holds; NULL with too few values';
