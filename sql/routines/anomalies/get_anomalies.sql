-- Returns what was unusual, the latest first, with a score, the threshold (see judge_incidents) and a sentence that says why. With
-- is_all those below the threshold come too. It reads what maintain stored.
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
    v_until CONSTANT pg_catalog.timestamptz := coalesce(get_anomalies.until, 'infinity');
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_anomalies.since,
        least(v_until, statement_timestamp()) - '7 days'::pg_catalog."interval");
    v_tenant_hk CONSTANT pg_catalog.bytea := get_anomalies.tenant_hk;
    v_measure CONSTANT pg_catalog.text := get_anomalies.measure;
BEGIN
    IF v_measure <> ALL ('{operations,failures,duration_ms,waited_ms,new,out_of_hours}') THEN
        RAISE EXCEPTION 'there are no anomalies of %', v_measure
            USING ERRCODE = 'DT006', HINT = 'operations, failures, duration_ms, waited_ms, new or out_of_hours';
    END IF;
    PERFORM script_tracking.record_access('performance', encode(v_tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    WITH told AS (
        SELECT i.*,
            (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = i.tenant_hk)::pg_catalog.text AS tenant,
            script_tracking.judged_value(i.measure, i.expected) AS middle
        FROM script_tracking.judge_incidents(v_since, v_until, v_tenant_hk, is_all) AS i
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
