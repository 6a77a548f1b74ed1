-- Silences an alert, or all alerts, until a moment; NULL ends the silence. A silenced alert is still evaluated, but it is
-- not notified that it fires. Returns how many alerts this concerns.
CREATE OR REPLACE FUNCTION script_tracking.silence_alert(
    p_name pg_catalog.text,
    p_for pg_catalog."interval",
    p_reason pg_catalog.text
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_count pg_catalog.int8;
BEGIN
    IF p_for <= '0'::pg_catalog."interval" OR p_for > '1 year'::pg_catalog."interval" THEN
        RAISE EXCEPTION 'an alert can be silenced for at most a year, not for %', p_for USING ERRCODE = 'DT006';
    END IF;
    PERFORM FROM script_tracking.alert_cursor AS c FOR UPDATE;
    UPDATE script_tracking.alert AS a
    SET silenced_until = clock_timestamp() + p_for,
        silence_reason = CASE WHEN p_for IS NOT NULL THEN script_tracking.redact_message(p_reason) END
    WHERE p_name IS NULL OR a.alert_name = p_name;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = 0 AND p_name IS NOT NULL THEN
        RAISE EXCEPTION 'there is no alert "%"', p_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack alert list';
    END IF;
    RETURN v_count;
END
$function$;

COMMENT ON FUNCTION script_tracking.silence_alert(pg_catalog.text, pg_catalog."interval", pg_catalog.text) IS
    'Silences an alert, or all (NULL), for a time; NULL as the time ends the silence';
