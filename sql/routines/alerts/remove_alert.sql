-- Removes an alert. If it fires and that was notified, it is resolved first, so that whoever was told also learns the end.
CREATE OR REPLACE FUNCTION script_tracking.remove_alert(p_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_alert script_tracking.alert;
BEGIN
    PERFORM FROM script_tracking.alert_cursor AS c FOR UPDATE;
    SELECT a.* INTO v_alert FROM script_tracking.alert AS a WHERE a.alert_name = p_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no alert "%"', p_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack alert list';
    END IF;
    PERFORM script_tracking.notify_alert('alert.resolved', v_alert, s, '{"reason": "the alert was removed"}')
    FROM script_tracking.alert_state AS s
    WHERE s.alert_name = p_name AND s.state = 'FIRING' AND s.notified_at IS NOT NULL;
    DELETE FROM script_tracking.alert AS a WHERE a.alert_name = p_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.remove_alert(pg_catalog.text) IS 'Removes an alert; one that fires is resolved first';
