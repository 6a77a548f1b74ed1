-- A DDL could not be recorded: warn and count, or refuse the DDL where the administrator chose so.
-- The counter is a sequence, so that it survives whatever is rolled back.
CREATE OR REPLACE FUNCTION script_tracking.capture_failed(
    p_command_tag pg_catalog.text,
    p_sqlstate pg_catalog.text,
    p_message pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_failure_id pg_catalog.int8;
    v_on_error pg_catalog.text;
BEGIN
    BEGIN
        v_failure_id := nextval('script_tracking.capture_failure_seq');
        SELECT s.setting_value INTO v_on_error
        FROM script_tracking.setting AS s WHERE s.setting_name = 'capture.on_error';
        IF v_on_error IS DISTINCT FROM 'block' THEN
            INSERT INTO script_tracking.capture_failure
                (capture_failure_id, occurred_at, command_tag, error_sqlstate, error_message, db_session_user)
            VALUES (v_failure_id, clock_timestamp(), p_command_tag, p_sqlstate,
                script_tracking.redact_message(p_message), session_user);
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            NULL; -- what is left is the warning below
    END;
    IF v_on_error = 'block' THEN
        RAISE EXCEPTION 'dbtrack could not record this %, and capture.on_error is block: %', p_command_tag, p_message
            USING ERRCODE = 'DT007', HINT = 'run: dbtrack doctor';
    END IF;
    RAISE WARNING 'dbtrack could not record this %: %', p_command_tag, p_message
        USING ERRCODE = p_sqlstate, HINT = 'The command itself is not affected. Run: dbtrack doctor';
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_failed(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Counts and reports a DDL that could not be recorded';
