-- Judges the hour that is running by what has come so far: counts and lock waits can only grow, so what is above the usual now
-- stays so. A mean duration can still fall, so that is judged when the hour is over.
CREATE OR REPLACE FUNCTION script_tracking.score_running_hour(p_hour pg_catalog.timestamptz)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    INSERT INTO script_tracking.anomaly_score AS a
        (hour_start, measure, subject_kind, tenant_hk, subject, value, expected, deviation, score)
    SELECT p.hour_start, p.measure, p.subject_kind, p.tenant_hk, p.subject, p.value,
        round(script_tracking.judged_value(p.measure, u.expected, true), 3), round(u.deviation, 3), s.score
    FROM script_tracking.anomaly_points(p_hour, p_hour + '1 hour'::pg_catalog."interval") AS p
    LEFT JOIN script_tracking.anomaly_usual AS v ON v.measure = p.measure AND v.subject_kind = p.subject_kind
        AND v.tenant_hk = p.tenant_hk AND v.subject = p.subject
    -- Who never waited for locks has no row; see usual_value.
    CROSS JOIN LATERAL (SELECT coalesce(v.expected, CASE p.measure WHEN 'waited_ms' THEN 0 END) AS expected,
        coalesce(v.deviation, 0.8) AS deviation) AS u
    CROSS JOIN LATERAL (
        SELECT round((script_tracking.judged_value(p.measure, p.value) - u.expected) / u.deviation, 2) AS score) AS s
    WHERE p.measure <> 'duration_ms' AND s.score >= 3
    ON CONFLICT ON CONSTRAINT anomaly_score_pkey DO UPDATE SET value = excluded.value, score = excluded.score,
        expected = excluded.expected, deviation = excluded.deviation,
        recorded_by = CASE WHEN excluded.score > 1.1 * a.score THEN excluded.recorded_by ELSE a.recorded_by END,
        noted_at = CASE WHEN excluded.score > 1.1 * a.score THEN excluded.noted_at ELSE a.noted_at END
    WHERE excluded.value <> a.value
$function$;

COMMENT ON FUNCTION script_tracking.score_running_hour(pg_catalog.timestamptz) IS
    'Judges the counts of the running hour by what has come so far';
