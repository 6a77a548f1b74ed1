-- Notes that an attempt to deliver an event failed, and when it is tried again.
CREATE OR REPLACE FUNCTION script_tracking.save_webhook_attempt(
    p_name pg_catalog.text,
    p_event_id pg_catalog.text,
    p_attempt_count pg_catalog.int4,
    p_failure pg_catalog.text,
    p_wait_seconds pg_catalog.float8
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    INSERT INTO script_tracking.webhook_delivery AS d
        (endpoint_name, event_id, attempt_count, next_attempt_at, last_failure, last_failure_at)
    VALUES (p_name, p_event_id, p_attempt_count, clock_timestamp() + make_interval(secs => p_wait_seconds), left(p_failure, 1000),
        clock_timestamp())
    ON CONFLICT (endpoint_name) DO UPDATE
    SET event_id = excluded.event_id, attempt_count = excluded.attempt_count, next_attempt_at = excluded.next_attempt_at,
        last_failure = excluded.last_failure, last_failure_at = excluded.last_failure_at
$function$;

COMMENT ON FUNCTION script_tracking.save_webhook_attempt(
    pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text, pg_catalog.float8) IS
    'Notes that an attempt to deliver an event to a webhook failed, and when it is tried again';
