-- Reports whether the record is sealed, and what prevents more of it from being sealed. Administrators also see which
-- transaction.
CREATE OR REPLACE FUNCTION script_tracking.get_seal_health()
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
    v_state script_tracking.seal_state;
    v_overdue pg_catalog."interval";
    v_holder pg_catalog.text;
BEGIN
    PERFORM script_tracking.own_audit();
    SELECT s.* INTO v_state FROM script_tracking.seal_state AS s;
    v_overdue := make_interval(hours => script_tracking.current_setting_value('seal.overdue_hours')::pg_catalog.int4);
    IF v_state.is_only IS NULL THEN
        RETURN QUERY SELECT 'seals', 'seal_lag', 'OK', 'nothing is sealed; dbtrack seal makes later changes of the record show';
    ELSIF v_state.last_run_at < statement_timestamp() - v_overdue THEN
        RETURN QUERY SELECT 'seals', 'seal_lag', 'WARNING', format('last sealed %s ago; run: dbtrack seal',
            date_trunc('second', statement_timestamp() - v_state.last_run_at));
    ELSIF v_state.sealed_before < v_state.last_run_at - '1 hour'::pg_catalog."interval" THEN
        IF script_tracking.caller_may_administer() THEN
            v_holder := script_tracking.oldest_transaction();
        END IF;
        RETURN QUERY SELECT 'seals', 'seal_lag', 'WARNING', format('all before %s counts as sealed: %s holds it back',
            to_char(v_state.sealed_before, 'YYYY-MM-DD HH24:MIOF'), coalesce(v_holder, 'a transaction that was open then'));
    ELSIF EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date > statement_timestamp() + '1 hour'::pg_catalog."interval")
        OR EXISTS (SELECT FROM script_tracking.script_execution_parent_l AS l
            WHERE l.load_date > statement_timestamp() + '1 hour'::pg_catalog."interval") THEN
        RETURN QUERY SELECT 'seals', 'seal_lag', 'WARNING', 'rows that are dated in the future are not sealed; dbtrack verify lists them';
    ELSE
        RETURN QUERY SELECT 'seals', 'seal_lag', 'OK', format('last sealed %s ago',
            date_trunc('second', greatest(statement_timestamp() - v_state.last_run_at, '0'::pg_catalog."interval")));
    END IF;
    -- As dbtrack status has it: only a verification that found something leaves a notice.
    RETURN QUERY
    SELECT 'seals', 'verification', 'CRITICAL', format('on %s dbtrack verify found %s differences; run: dbtrack verify',
        to_char(n.load_date, 'YYYY-MM-DD HH24:MIOF'), n.notice_data ->> 'count')
    FROM script_tracking.notice AS n
    WHERE n.notice_type = 'verification.failed' AND n.load_date > statement_timestamp() - '30 days'::pg_catalog."interval"
    ORDER BY n.load_date DESC LIMIT 1;
    RETURN QUERY SELECT d.* FROM script_tracking.get_digest_health() AS d;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_seal_health() IS 'The part of get_system_health that is about seals and their digests';
