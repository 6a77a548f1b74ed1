-- Says of each value of a series how far it is from those before it, in deviations: the mean and the standard deviation of the
-- window before it, but never less than the deviation of all that came before, and never less than p_least. A value counts as
-- anomalous only where its score is a new high, above each score of the p_span values before: what lasts is told once.
-- Each value is judged by earlier ones alone, so a series that grows keeps its scores. The sums run over the whole series, and
-- the maxima in blocks, so that the cost grows with the length of the series, not with that of the window.
CREATE OR REPLACE FUNCTION script_tracking.score_series(
    p_values pg_catalog.float8[],
    p_least pg_catalog.float8 DEFAULT 0,
    p_window pg_catalog.int4 DEFAULT 2016,
    p_span pg_catalog.int4 DEFAULT 288,
    p_first pg_catalog.int4 DEFAULT 20
)
RETURNS TABLE (
    place pg_catalog.int4,
    value pg_catalog.float8,
    expected pg_catalog.float8,
    deviation pg_catalog.float8,
    score pg_catalog.float8,
    is_new_high pg_catalog.bool
)
LANGUAGE sql IMMUTABLE STRICT ROWS 2000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    WITH summed AS (
        -- Moved to the mean of the series, which changes no deviation, so that the squares keep their digits.
        SELECT v.place::pg_catalog.int4 AS place, v.value, m.mean,
            sum(v.value - m.mean) OVER so_far AS sum, sum((v.value - m.mean) ^ 2) OVER so_far AS squares
        FROM unnest(p_values) WITH ORDINALITY AS v (value, place)
        CROSS JOIN (SELECT avg(a.value) AS mean FROM unnest(p_values) AS a (value)) AS m
        WINDOW so_far AS (ORDER BY v.place ROWS UNBOUNDED PRECEDING)
    ), lagged AS (
        SELECT s.place, s.value, s.mean, least(s.place - 1, p_window) AS length,
            lag(s.sum, 1, 0) OVER w AS sum, lag(s.squares, 1, 0) OVER w AS squares,
            lag(s.sum, 1 + p_window, 0) OVER w AS sum_before, lag(s.squares, 1 + p_window, 0) OVER w AS squares_before
        FROM summed AS s
        WINDOW w AS (ORDER BY s.place)
    ), judged AS (
        SELECT l.place, l.value, l.mean + (l.sum - l.sum_before) / l.length AS expected,
            greatest(p_least,
                sqrt(greatest(0, (l.squares - l.squares_before) / l.length - ((l.sum - l.sum_before) / l.length) ^ 2)),
                sqrt(greatest(0, l.squares / (l.place - 1) - (l.sum / (l.place - 1)) ^ 2))) AS deviation
        FROM lagged AS l
        WHERE l.place > p_first
        UNION ALL
        SELECT l.place, l.value, NULL, NULL FROM lagged AS l WHERE l.place <= p_first
    ), scored AS (
        SELECT j.*, CASE WHEN j.expected IS NULL THEN 0
            -- Below the twelfth digit sums differ by how they were rounded.
            WHEN abs(j.value - j.expected) <= 1e-12 * greatest(abs(j.value), abs(j.expected)) THEN 0
            WHEN j.deviation = 0 THEN 'Infinity' ELSE abs(j.value - j.expected) / j.deviation END AS score
        FROM judged AS j
    ), blocked AS (
        -- The highest of a block so far, and of the block from here on: together the highest of any p_span values.
        SELECT s.*, max(s.score) OVER (PARTITION BY s.place / p_span ORDER BY s.place) AS highest_so_far,
            max(s.score) OVER (PARTITION BY s.place / p_span ORDER BY s.place DESC) AS highest_from_here
        FROM scored AS s
    )
    SELECT b.place, b.value, b.expected, b.deviation, b.score,
        b.score > 0 AND b.score > greatest(
            lag(b.highest_so_far, 1, 0) OVER w, lag(b.highest_from_here, p_span, 0) OVER w)
    FROM blocked AS b
    WINDOW w AS (ORDER BY b.place)
    ORDER BY b.place
$function$;

COMMENT ON FUNCTION script_tracking.score_series(
    pg_catalog.float8[], pg_catalog.float8, pg_catalog.int4, pg_catalog.int4, pg_catalog.int4) IS
    'How far each value of a series is from those before it, in deviations (at least p_least), and whether that is a new high '
    'among the p_span values before';
