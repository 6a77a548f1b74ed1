-- Says for how much of a period capture was on, and what is known to be missing: DDL that could not be recorded, and rows of the
-- period that a cleanup removed.
CREATE OR REPLACE FUNCTION script_tracking.evidence_capture(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    measure pg_catalog.text,
    status pg_catalog.text,
    value pg_catalog."numeric",
    detail pg_catalog.text,
    moment pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_end CONSTANT pg_catalog.timestamptz := least(p_until, statement_timestamp());
    v_begins pg_catalog.timestamptz;
    v_start pg_catalog.timestamptz;
    v_off pg_catalog."interval";
    v_gaps pg_catalog.int8;
    v_failures pg_catalog.int8;
    v_cutoff pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.own_audit();
    SELECT min(m.applied_at) INTO v_begins FROM script_tracking.schema_migration AS m;
    SELECT least(v_begins, min(s.load_date)) INTO v_begins FROM script_tracking.script_execution_s AS s;
    RETURN QUERY SELECT 'record_begins', CASE WHEN v_begins <= p_since THEN 'ok' WHEN v_begins < p_until THEN 'part' ELSE 'missing' END,
        NULL::pg_catalog."numeric", CASE WHEN v_begins <= p_since THEN 'the record began before the period'
            WHEN v_begins < p_until THEN 'the record began within the period: what was before is not in it'
            ELSE 'the record began after the period: nothing of it is in the record' END, v_begins;
    RETURN QUERY SELECT 'period_ended', CASE WHEN p_until <= statement_timestamp() THEN 'ok' ELSE 'part' END,
        NULL::pg_catalog."numeric", CASE WHEN p_until <= statement_timestamp() THEN 'the period has ended'
            ELSE 'the period has not ended: what is still to come is not in it' END, p_until;
    -- Before the record began nothing was captured, and nothing says that.
    v_start := least(greatest(p_since, v_begins), v_end);
    SELECT count(*), coalesce(sum(least(coalesce(g.off_until, v_end), v_end) - greatest(g.off_from, v_start)), '0')
    INTO v_gaps, v_off
    FROM script_tracking.evidence_capture_gaps(v_start, v_end) AS g;
    RETURN QUERY SELECT 'capture_on', CASE WHEN v_start >= v_end THEN 'missing' WHEN v_gaps = 0 AND v_start <= p_since THEN 'ok'
            ELSE 'part' END,
        trunc((100 * extract(epoch FROM v_end - v_start - v_off) / nullif(extract(epoch FROM v_end - p_since), 0))
            ::pg_catalog."numeric", 3),
        CASE WHEN v_start >= v_end THEN 'nothing was captured: the record began later'
            WHEN v_gaps = 0 THEN 'the record shows no time in which capture was off'
            ELSE format('capture was off %s: at most %s in all', CASE v_gaps WHEN 1 THEN 'once' ELSE v_gaps || ' times' END,
                script_tracking.evidence_length(v_off)) END
            || coalesce((SELECT format('; %s by dbtrack suspend', CASE count(*) WHEN 1 THEN 'once' ELSE count(*) || ' times' END)
                    || CASE WHEN script_tracking.caller_may_administer()
                        THEN ': ' || string_agg(s.reason, '; ' ORDER BY s.suspended_at) ELSE '' END
                FROM script_tracking.suspension AS s
                WHERE s.suspended_at < v_end AND coalesce(s.resumed_at, 'infinity') > v_start HAVING count(*) > 0), '')
            || CASE WHEN v_start > p_since AND v_start < v_end THEN ', since the record began' ELSE '' END,
        NULL::pg_catalog.timestamptz;
    SELECT count(*) INTO v_failures FROM script_tracking.capture_failure AS f WHERE f.occurred_at >= p_since AND f.occurred_at < p_until;
    RETURN QUERY SELECT 'capture_failures', CASE WHEN v_failures = 0 THEN 'ok' ELSE 'part' END, v_failures::pg_catalog."numeric",
        CASE v_failures WHEN 0 THEN 'no DDL command is known that could not be recorded'
            ELSE script_tracking.evidence_counted(v_failures, 'DDL command') || ' could not be recorded' END, NULL::pg_catalog.timestamptz;
    SELECT max((s.metadata ->> 'cutoff')::pg_catalog.timestamptz) INTO v_cutoff FROM script_tracking.script_execution_s AS s
    WHERE s.script_type = 'MAINTENANCE' AND s.load_end_date IS NULL AND s.record_source LIKE 'cleanup@@%' ESCAPE '@'
        AND s.load_date >= p_since;
    RETURN QUERY SELECT 'removed', CASE WHEN v_cutoff > p_since THEN 'part' ELSE 'ok' END, NULL::pg_catalog."numeric",
        CASE WHEN v_cutoff > p_since THEN 'a cleanup removed rows of the period; an archive may have them'
            ELSE 'no cleanup removed rows of the period' END, CASE WHEN v_cutoff > p_since THEN v_cutoff END;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_capture(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'For how much of a period capture was on, and what is known to be missing';
