-- Notes that an alert cannot be evaluated, and why. Its state stays as it is.
CREATE OR REPLACE FUNCTION script_tracking.fail_alert(p_name pg_catalog.text, p_failure pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    UPDATE script_tracking.alert AS a
    SET failed_since = coalesce(a.failed_since, clock_timestamp()), failure = script_tracking.redact_message(p_failure)
    WHERE a.alert_name = p_name AND (a.failed_since IS NULL OR a.failure IS DISTINCT FROM script_tracking.redact_message(p_failure))
$function$;

COMMENT ON FUNCTION script_tracking.fail_alert(pg_catalog.text, pg_catalog.text) IS
    'Notes that an alert cannot be evaluated, and why';
