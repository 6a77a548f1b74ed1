-- Records that a request was refused, by the login that refused it: `dbtrack serve`. The caller names the request and
-- the tenant that was asked for; that it was refused, when and by whom this function says itself. More than a hundred
-- refusals of one login in a minute are not recorded one by one, so that nobody can flood the table.
CREATE OR REPLACE FUNCTION script_tracking.record_refusal(
    p_report_name pg_catalog.text,
    p_tenant pg_catalog.text DEFAULT NULL
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF script_tracking.current_setting_value('access.recording') = 'off' OR pg_is_in_recovery()
        OR (SELECT count(*) FROM (
            SELECT FROM script_tracking.access_log AS a
            WHERE a.accessed_at > clock_timestamp() - '1 minute'::pg_catalog."interval"
                AND a.db_session_user = session_user AND NOT a.is_granted
            LIMIT 100) AS r) >= 100 THEN
        RETURN false;
    END IF;
    INSERT INTO script_tracking.access_log (accessed_at, db_session_user, report_name, accessed_tenant, is_granted,
        application_name, client_ip)
    VALUES (clock_timestamp(), session_user, coalesce(nullif(left(p_report_name, 63), ''), 'request'), left(p_tenant, 100),
        false, script_tracking.redact_message(current_setting('application_name')), inet_client_addr());
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_refusal(pg_catalog.text, pg_catalog.text) IS
    'Records that the calling login refused a request, at most a hundred a minute; true: it was recorded';
