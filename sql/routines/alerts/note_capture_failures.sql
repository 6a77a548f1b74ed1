-- Writes one notice for the DDL commands that could not be recorded since the last notice. The counter also counts those
-- whose transaction was rolled back, so that the table of failures may know fewer. Returns how many are new.
CREATE OR REPLACE FUNCTION script_tracking.note_capture_failures()
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_noted pg_catalog.int8;
    v_total pg_catalog.int8;
BEGIN
    SELECT CASE WHEN q.is_called THEN q.last_value ELSE 0 END INTO v_total FROM script_tracking.capture_failure_seq AS q;
    -- Nearly always there is nothing new, and nothing to lock.
    IF NOT EXISTS (SELECT FROM script_tracking.alert_cursor AS c WHERE c.failures_noted < v_total) THEN
        RETURN 0;
    END IF;
    SELECT c.failures_noted INTO v_noted FROM script_tracking.alert_cursor AS c
    WHERE c.failures_noted < v_total FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0; -- an evaluation is at work, which notes them itself
    END IF;
    PERFORM script_tracking.record_notice('capture.failed', 'capture', NULL, jsonb_strip_nulls(jsonb_build_object(
        'count', v_total - v_noted, 'total', v_total,
        'failures', (SELECT jsonb_agg(jsonb_build_object('occurred_at', f.occurred_at, 'command_tag', f.command_tag,
                'sqlstate', f.error_sqlstate, 'error', f.error_message, 'user', f.db_session_user) ORDER BY f.capture_failure_id)
            FROM (SELECT c.* FROM script_tracking.capture_failure AS c
                WHERE c.capture_failure_id > v_noted ORDER BY c.capture_failure_id LIMIT 10) AS f),
        'next_step', 'dbtrack doctor')));
    UPDATE script_tracking.alert_cursor AS c SET failures_noted = v_total;
    RETURN v_total - v_noted;
END
$function$;

COMMENT ON FUNCTION script_tracking.note_capture_failures() IS
    'Writes one notice for the DDL commands that could not be recorded since the last one';
