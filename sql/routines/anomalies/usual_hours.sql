-- Says of each point of the hourly series in a range what is usual there, by the eight weeks before it alone: so it is the same
-- whenever it is computed, as long as the points are. The hour that begins at p_until also has a row for each series, without
-- a value. Series that are younger than anomalies.learning_days have no row.
CREATE OR REPLACE FUNCTION script_tracking.usual_hours(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    measure pg_catalog.text,
    subject_kind pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    subject pg_catalog.text,
    hour_start pg_catalog.timestamptz,
    value pg_catalog."numeric",
    expected pg_catalog.float8,
    deviation pg_catalog.float8
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_window CONSTANT pg_catalog."interval" := '1344 hours';
    c_origin CONSTANT pg_catalog.timestamptz := '2001-01-01 00:00:00+00';
    v_learned CONSTANT pg_catalog."interval" :=
        make_interval(hours => 24 * script_tracking.current_setting_value('anomalies.learning_days')::pg_catalog.int4);
BEGIN
    RETURN QUERY
    WITH point AS MATERIALIZED (
        SELECT p.*, script_tracking.judged_value(p.measure, p.value) AS y
        FROM script_tracking.anomaly_points(p_since - c_window, p_until) AS p
    ), wanted AS (
        SELECT p.* FROM point AS p
        UNION ALL
        SELECT DISTINCT p.measure, p.subject_kind, p.tenant_hk, p.subject, p_until, NULL::pg_catalog."numeric",
            NULL::pg_catalog."numeric"
        FROM point AS p
    ), placed AS (
        SELECT w.*, extract(epoch FROM w.hour_start - c_origin)::pg_catalog.int8 / 3600 AS hour_number FROM wanted AS w
    ), summed AS (
        SELECT p.*, count(p.y) FILTER (WHERE p.y <> 0) OVER before AS points, sum(p.y) OVER before AS sum,
            sum(p.y * p.y) OVER before AS squares, count(p.y) FILTER (WHERE p.y <> 0) OVER week AS week_points,
            sum(p.y) OVER week AS week_sum, sum(p.y * p.y) OVER week AS week_squares,
            first_value(p.hour_number) OVER before AS first_number
        FROM placed AS p
        WINDOW before AS (PARTITION BY p.measure, p.subject_kind, p.tenant_hk, p.subject ORDER BY p.hour_number
                RANGE BETWEEN 1344 PRECEDING AND 1 PRECEDING),
            week AS (PARTITION BY p.measure, p.subject_kind, p.tenant_hk, p.subject, p.hour_number % 168 ORDER BY p.hour_number
                RANGE BETWEEN 1344 PRECEDING AND 1 PRECEDING)
    )
    SELECT s.measure, s.subject_kind, s.tenant_hk, s.subject, s.hour_start, s.value, u.o_expected, u.o_deviation
    FROM summed AS s
    -- Lock waits are rare: they are known from the first hour of the record.
    CROSS JOIN LATERAL script_tracking.usual_value(s.measure,
        CASE s.measure WHEN 'waited_ms' THEN 1344 ELSE s.hour_number - s.first_number END, s.points, s.sum, s.squares,
        (s.hour_number - s.first_number) / 168, s.week_points, s.week_sum, s.week_squares) AS u
    WHERE s.hour_start >= p_since AND u.o_expected IS NOT NULL
        AND (s.measure = 'waited_ms' OR s.hour_number - s.first_number >= extract(epoch FROM v_learned) / 3600);
END
$function$;

COMMENT ON FUNCTION script_tracking.usual_hours(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'What is usual at each point of the hourly series of a range, by the eight weeks before it';
