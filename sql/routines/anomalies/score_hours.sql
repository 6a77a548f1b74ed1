-- Judges the whole hours of a range, and stores those with a measure at least three deviations above what is usual; and what is
-- usual in the hour that begins at p_until. What was stored of the range before is corrected.
CREATE OR REPLACE FUNCTION script_tracking.score_hours(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
BEGIN
    DELETE FROM script_tracking.anomaly_usual;
    WITH usual AS MATERIALIZED (
        SELECT u.*, (script_tracking.judged_value(u.measure, u.value) - u.expected) / u.deviation AS score
        FROM script_tracking.usual_hours(p_since, p_until) AS u
    ), kept AS (
        INSERT INTO script_tracking.anomaly_usual (measure, subject_kind, tenant_hk, subject, expected, deviation)
        SELECT u.measure, u.subject_kind, u.tenant_hk, u.subject, u.expected, u.deviation
        FROM usual AS u WHERE u.hour_start = p_until
    ), high AS MATERIALIZED (
        SELECT u.* FROM usual AS u WHERE u.hour_start < p_until AND u.score >= 3
    ), gone AS (
        DELETE FROM script_tracking.anomaly_score AS a
        WHERE a.hour_start >= p_since AND a.hour_start < p_until AND NOT EXISTS (
            SELECT FROM high AS h WHERE h.hour_start = a.hour_start AND h.measure = a.measure AND h.subject_kind = a.subject_kind
                AND h.tenant_hk = a.tenant_hk AND h.subject = a.subject)
    )
    INSERT INTO script_tracking.anomaly_score AS a
        (hour_start, measure, subject_kind, tenant_hk, subject, value, expected, deviation, score)
    SELECT h.hour_start, h.measure, h.subject_kind, h.tenant_hk, h.subject, h.value,
        round(script_tracking.judged_value(h.measure, h.expected::pg_catalog."numeric", true), 3),
        round(h.deviation::pg_catalog."numeric", 3), round(h.score::pg_catalog."numeric", 2)
    FROM high AS h
    ON CONFLICT ON CONSTRAINT anomaly_score_pkey DO UPDATE SET value = excluded.value, expected = excluded.expected,
        deviation = excluded.deviation, score = excluded.score,
        recorded_by = CASE WHEN excluded.score > 1.1 * a.score THEN excluded.recorded_by ELSE a.recorded_by END,
        noted_at = CASE WHEN excluded.score > 1.1 * a.score THEN excluded.noted_at ELSE a.noted_at END
    WHERE (a.value, a.expected, a.deviation, a.score) IS DISTINCT FROM
        (excluded.value, excluded.expected, excluded.deviation, excluded.score);
END
$function$;

COMMENT ON FUNCTION script_tracking.score_hours(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Judges whole hours, and stores those that are unusual and what is usual in the hour after them';
