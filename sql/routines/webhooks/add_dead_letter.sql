-- Keeps an event that a receiver refused too often, so that those behind it can go on. Returns how many there are in a
-- row, without a delivery between them.
CREATE OR REPLACE FUNCTION script_tracking.add_dead_letter(
    p_name pg_catalog.text,
    p_event pg_catalog.jsonb,
    p_attempt_count pg_catalog.int4,
    p_failure pg_catalog.text
)
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_refused pg_catalog.int4;
BEGIN
    -- A worker that was killed before it acknowledged comes to the same event again.
    INSERT INTO script_tracking.webhook_dead_letter AS l
        (endpoint_name, event_id, event_number, event_type, event, attempt_count, last_failure)
    VALUES (p_name, p_event ->> 'id', (p_event ->> 'number')::pg_catalog.int8, p_event ->> 'type', p_event, p_attempt_count,
        left(p_failure, 1000))
    ON CONFLICT (endpoint_name, event_id) DO UPDATE
    SET attempt_count = l.attempt_count + excluded.attempt_count, last_failure = excluded.last_failure,
        dead_at = excluded.dead_at;
    INSERT INTO script_tracking.webhook_delivery AS d
        (endpoint_name, refused_in_row, last_failure, last_failure_at)
    VALUES (p_name, 1, left(p_failure, 1000), clock_timestamp())
    ON CONFLICT (endpoint_name) DO UPDATE
    SET event_id = NULL, attempt_count = 0, next_attempt_at = NULL, refused_in_row = d.refused_in_row + 1,
        last_failure = excluded.last_failure, last_failure_at = excluded.last_failure_at
    RETURNING d.refused_in_row INTO v_refused;
    RETURN v_refused;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_dead_letter(
    pg_catalog.text, pg_catalog.jsonb, pg_catalog.int4, pg_catalog.text) IS
    'Keeps an event that a receiver refused too often; how many there are in a row';
