-- Notes that a webhook gets its events again: nothing waits any more. With p_keeps_refused only the waiting time ends.
CREATE OR REPLACE FUNCTION script_tracking.clear_webhook_attempts(
    p_name pg_catalog.text,
    p_keeps_refused pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    UPDATE script_tracking.webhook_delivery AS d
    SET event_id = NULL, attempt_count = 0, next_attempt_at = NULL,
        refused_in_row = CASE WHEN p_keeps_refused THEN d.refused_in_row ELSE 0 END
    WHERE d.endpoint_name = p_name
$function$;

COMMENT ON FUNCTION script_tracking.clear_webhook_attempts(pg_catalog.text, pg_catalog.bool) IS
    'Notes that a webhook gets its events again';
