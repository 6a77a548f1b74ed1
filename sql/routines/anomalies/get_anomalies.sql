-- Returns what was unusual, the latest first, with a score, the threshold and a sentence that says why. The threshold of each is
-- chosen from the eight weeks before it: the score that only anomalies.per_week a week were above. Once so many have come in
-- seven days, only what belongs to the so many highest of these days still counts. With is_all those below the threshold come
-- too. It reads what maintain stored.
CREATE OR REPLACE FUNCTION script_tracking.get_anomalies(
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    measure pg_catalog.text DEFAULT NULL,
    is_all pg_catalog.bool DEFAULT false,
    maximum_anomalies pg_catalog.int8 DEFAULT 1000
)
RETURNS TABLE (
    occurred_at pg_catalog.timestamptz,
    last_at pg_catalog.timestamptz,
    measure_name pg_catalog.text,
    subject_kind pg_catalog.text,
    subject pg_catalog.text,
    tenant pg_catalog.text,
    value pg_catalog."numeric",
    usual pg_catalog."numeric",
    usual_low pg_catalog."numeric",
    usual_high pg_catalog."numeric",
    score pg_catalog."numeric",
    threshold pg_catalog."numeric",
    others pg_catalog.text[],
    reason pg_catalog.text,
    execution_key pg_catalog.bytea,
    recorded_by pg_catalog.xid8,
    recorded_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_past CONSTANT pg_catalog."interval" := '1344 hours';
    c_least CONSTANT pg_catalog."numeric" := 4;
    v_per_week CONSTANT pg_catalog.int4 := script_tracking.current_setting_value('anomalies.per_week')::pg_catalog.int4;
    v_until CONSTANT pg_catalog.timestamptz := coalesce(get_anomalies.until, 'infinity');
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_anomalies.since,
        least(v_until, statement_timestamp()) - '7 days'::pg_catalog."interval");
    v_tenant_hk CONSTANT pg_catalog.bytea := get_anomalies.tenant_hk;
    v_measure CONSTANT pg_catalog.text := get_anomalies.measure;
    v_known_since pg_catalog.timestamptz;
    v_one record;
    v_times pg_catalog.timestamptz[] := '{}';
    v_scores pg_catalog."numeric"[] := '{}';
    -- Of those that were told.
    v_told_times pg_catalog.timestamptz[] := '{}';
    v_told_scores pg_catalog."numeric"[] := '{}';
    v_threshold pg_catalog."numeric";
    v_allowed pg_catalog.int8;
    v_found pg_catalog.int4[] := '{}';
    v_thresholds pg_catalog."numeric"[] := '{}';
    v_numbers pg_catalog.int4[] := '{}';
    v_recorders pg_catalog.xid8[] := '{}';
    v_noted pg_catalog.timestamptz[] := '{}';
    v_first record;
    v_number pg_catalog.int4 := 0;
BEGIN
    IF v_measure <> ALL ('{operations,failures,duration_ms,waited_ms,new,out_of_hours}') THEN
        RAISE EXCEPTION 'there are no anomalies of %', v_measure
            USING ERRCODE = 'DT006', HINT = 'operations, failures, duration_ms, waited_ms, new or out_of_hours';
    END IF;
    PERFORM script_tracking.record_access('performance', encode(v_tenant_hk, 'hex'), NULL, true);
    SELECT min(f.first_at) INTO v_known_since FROM script_tracking.first_seen AS f
    WHERE f.seen_kind = 'login' AND (v_tenant_hk IS NULL OR f.tenant_hk = v_tenant_hk);
    FOR v_one IN
        SELECT i.occurred_at, i.score, i.measure, i.scores, i.recorders, i.noted
        FROM script_tracking.anomaly_incidents(v_since - c_past, v_until, v_tenant_hk) AS i
        ORDER BY i.occurred_at, i.measure, i.subject, i.tenant_hk NULLS FIRST
    LOOP
        v_number := v_number + 1;
        v_allowed := round(v_per_week * least(8, greatest(1, extract(epoch FROM v_one.occurred_at - v_known_since) / 604800)));
        v_threshold := greatest(c_least, coalesce((
            SELECT p.score FROM unnest(v_times, v_scores) AS p (moment, score)
            WHERE p.moment >= v_one.occurred_at - c_past AND p.moment < v_one.occurred_at
            ORDER BY p.score DESC OFFSET v_allowed LIMIT 1), 0));
        v_threshold := greatest(v_threshold, coalesce((
            SELECT t.score FROM unnest(v_told_times, v_told_scores) AS t (moment, score)
            WHERE t.moment > v_one.occurred_at - '7 days'::pg_catalog."interval"
            ORDER BY t.score DESC OFFSET v_per_week - 1 LIMIT 1), 0));
        v_times := v_times || v_one.occurred_at;
        v_scores := v_scores || v_one.score;
        IF v_one.score > v_threshold THEN
            v_told_times := v_told_times || v_one.occurred_at;
            v_told_scores := v_told_scores || v_one.score;
        END IF;
        IF v_one.occurred_at >= v_since AND (v_one.score > v_threshold OR is_all) THEN
            v_numbers := v_numbers || v_number;
            v_thresholds := v_thresholds || v_threshold;
            -- What first lifted it above the threshold.
            SELECT r.recorder, r.noted_at INTO v_first
            FROM unnest(v_one.scores, v_one.recorders, v_one.noted) AS r (score, recorder, noted_at)
            ORDER BY r.score > v_threshold DESC, r.noted_at LIMIT 1;
            v_recorders := v_recorders || v_first.recorder;
            v_noted := v_noted || v_first.noted_at;
        END IF;
    END LOOP;
    RETURN QUERY
    WITH incident AS (
        SELECT i.*, row_number() OVER (ORDER BY i.occurred_at, i.measure, i.subject, i.tenant_hk NULLS FIRST) AS number
        FROM script_tracking.anomaly_incidents(v_since - c_past, v_until, v_tenant_hk) AS i
    ), told AS (
        SELECT i.*, c.threshold, c.recorder, c.noted_at,
            (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = i.tenant_hk)::pg_catalog.text AS tenant,
            script_tracking.judged_value(i.measure, i.expected) AS middle
        FROM unnest(v_numbers, v_thresholds, v_recorders, v_noted) AS c (number, threshold, recorder, noted_at)
        JOIN incident AS i ON i.number = c.number
        WHERE v_measure IS NULL OR i.measure = v_measure OR v_measure = 'new' AND i.measure LIKE 'new\_%'
    ), bounded AS (
        SELECT t.*, CASE WHEN t.measure NOT LIKE 'new\_%' AND t.measure <> 'out_of_hours' THEN
                round(greatest(0, script_tracking.judged_value(t.measure, t.middle - 2 * t.deviation, true)), 3) END AS low,
            CASE WHEN t.measure NOT LIKE 'new\_%' AND t.measure <> 'out_of_hours' THEN
                round(script_tracking.judged_value(t.measure, t.middle + 2 * t.deviation, true), 3) END AS high
        FROM told AS t
    )
    SELECT b.occurred_at, b.last_at, b.measure, b.subject_kind, coalesce(nullif(b.subject, ''), b.tenant, 'all'), b.tenant,
        b.value, b.expected, b.low, b.high, b.score, b.threshold, b.others,
        script_tracking.anomaly_reason(b.measure, b.subject_kind, b.subject, b.tenant, b.value, b.expected, b.high, b.score),
        b.execution_key, b.recorder, b.noted_at
    FROM bounded AS b
    ORDER BY b.occurred_at DESC, b.score DESC
    LIMIT maximum_anomalies;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_anomalies(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.text, pg_catalog.bool, pg_catalog.int8) IS
    'What was unusual (since, until, tenant_hk, measure), the latest first, with its score and why; is_all: also what is below '
    'the threshold';
