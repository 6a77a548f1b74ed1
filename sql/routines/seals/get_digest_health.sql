-- Reports whether the digests of the seals leave the database; no row if none was ever to. Those who see all tenants also see
-- which do not, and why.
CREATE OR REPLACE FUNCTION script_tracking.get_digest_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_overdue CONSTANT pg_catalog."interval" :=
        make_interval(hours => script_tracking.current_setting_value('digest.overdue_hours')::pg_catalog.int4);
    v_sees_all pg_catalog.bool;
    v_all pg_catalog.int8;
    v_wrong pg_catalog.int8;
    v_words pg_catalog.text;
    v_last pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.own_audit();
    v_sees_all := script_tracking.caller_may_administer() OR script_tracking.token_sees_all() OR script_tracking.auditor_sees_all();
    SELECT count(*), count(*) FILTER (WHERE w.words IS NOT NULL), string_agg(w.words, '; ' ORDER BY d.destination_name), max(d.left_at)
    INTO v_all, v_wrong, v_words, v_last
    FROM script_tracking.digest_destinations() AS d
    CROSS JOIN LATERAL (SELECT d.destination_name || ': ' || CASE
        WHEN d.is_gone THEN 'it wants no more digests'
        WHEN d.failures > 0 THEN format('%s failed, %s', CASE d.failures WHEN 1 THEN 'the last attempt' ELSE d.failures || ' attempts' END,
            d.last_failure)
        WHEN d.is_scheduled AND d.digest_lag > d.departs_every + v_overdue
            THEN format('no digest left for %s', date_trunc('second', d.digest_lag)) END) AS w (words);
    IF v_all > 0 THEN
        RETURN QUERY SELECT 'seals', 'digests', CASE WHEN v_wrong > 0 THEN 'WARNING' ELSE 'OK' END, CASE
            WHEN v_wrong > 0 AND v_sees_all THEN format('%s; run: dbtrack digest --status', v_words)
            WHEN v_wrong > 0 THEN format('digests do not leave for %s of %s destinations', v_wrong, v_all)
            WHEN v_last IS NULL THEN 'no digest has left yet'
            ELSE format('the last digest left %s ago', date_trunc('second',
                greatest(statement_timestamp() - v_last, '0'::pg_catalog."interval"))) END;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_digest_health() IS
    'The part of get_system_health that is about digests; no row if none was ever to leave';
