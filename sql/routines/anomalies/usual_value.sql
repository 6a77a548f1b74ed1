-- Says what is usual of a measure, from sums over the eight weeks before: the mean and the deviation with floors, as
-- score_series has them. Of counts the mean of the same hour of the week, and as its deviation the greatest of that of these
-- hours, of half of that of all hours, and of the root of the mean and one, because counts have at least that. What happens in
-- fewer than half of the hours, such as deployments, keeps no hours: the mean and the deviation of the hours in which it does.
-- Times are given as logarithms, and only hours count in which something ended; the same hour of the week has the say if its mean
-- is higher. NULL: too little is known.
CREATE OR REPLACE FUNCTION script_tracking.usual_value(
    p_measure pg_catalog.text,
    p_hours pg_catalog.int8,
    p_points pg_catalog.int8,
    p_sum pg_catalog."numeric",
    p_squares pg_catalog."numeric",
    p_weeks pg_catalog.int8,
    p_week_points pg_catalog.int8,
    p_week_sum pg_catalog."numeric",
    p_week_squares pg_catalog."numeric",
    OUT o_expected pg_catalog.float8,
    OUT o_deviation pg_catalog.float8
)
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_points CONSTANT pg_catalog.int8 := nullif(p_points, 0);
    v_mean CONSTANT pg_catalog.float8 := coalesce(p_sum / v_points, 0);
    v_own CONSTANT pg_catalog.float8 := coalesce(sqrt(greatest(0, p_squares / v_points - (p_sum / v_points) ^ 2)), 0);
    v_all pg_catalog.float8;
BEGIN
    IF p_measure = 'waited_ms' THEN
        o_expected := coalesce(p_sum / p_hours, 0);
        o_deviation := greatest(0.8, sqrt(greatest(0, coalesce(p_squares / p_hours, 0) - o_expected ^ 2)));
    ELSIF p_measure = 'duration_ms' THEN
        IF v_points >= 20 THEN
            o_expected := greatest(v_mean, CASE WHEN p_week_points >= 3 THEN p_week_sum / p_week_points END);
            o_deviation := greatest(0.35, v_own);
        END IF;
    ELSIF p_weeks < 1 OR p_weeks IS NULL THEN
        NULL;
    ELSIF 2 * p_points < p_hours THEN
        o_expected := v_mean;
        o_deviation := greatest(v_own, sqrt(v_mean + 1));
    ELSE
        v_all := sqrt(greatest(0, p_squares / p_hours - (p_sum / p_hours) ^ 2));
        o_expected := coalesce(p_week_sum, 0) / p_weeks;
        o_deviation := greatest(sqrt(greatest(0, coalesce(p_week_squares, 0) / p_weeks - o_expected ^ 2)), 0.5 * v_all,
            sqrt(o_expected + 1));
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.usual_value(
    pg_catalog.text, pg_catalog.int8, pg_catalog.int8, pg_catalog."numeric", pg_catalog."numeric", pg_catalog.int8, pg_catalog.int8,
    pg_catalog."numeric", pg_catalog."numeric") IS 'The mean and the deviation of a measure, from its sums over eight weeks';
