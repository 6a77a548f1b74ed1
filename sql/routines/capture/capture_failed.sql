-- Handles a DDL command that could not be recorded: warns and counts it, or refuses it if the administrator chose so.
-- The command is also refused if that choice cannot be read, or the failure cannot be counted, for a reason that a
-- session can cause, such as a stack that is nearly used up; otherwise anybody could run DDL unrecorded. For what an
-- administrator broke (class 42) there is only a warning. The counter is a sequence, so that it survives a rollback.
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
    v_on_error pg_catalog.text;
    v_why pg_catalog.text := 'capture.on_error is block';
BEGIN
    BEGIN
        SELECT s.setting_value INTO v_on_error
        FROM script_tracking.setting AS s WHERE s.setting_name = 'capture.on_error';
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            IF left(SQLSTATE, 2) <> '42' THEN
                v_on_error := 'block';
                v_why := 'capture.on_error cannot be read';
            END IF;
    END;
    IF v_on_error IS DISTINCT FROM 'block' THEN
        BEGIN
            INSERT INTO script_tracking.capture_failure
                (capture_failure_id, occurred_at, command_tag, error_sqlstate, error_message, db_session_user)
            VALUES (nextval('script_tracking.capture_failure_seq'), clock_timestamp(), p_command_tag, p_sqlstate,
                script_tracking.redact_message(p_message), session_user);
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected THEN
                RAISE;
            WHEN statement_too_complex OR out_of_memory OR program_limit_exceeded OR read_only_sql_transaction
                OR lock_not_available THEN
                v_on_error := 'block';
                v_why := 'the failure cannot be counted';
            WHEN OTHERS THEN
                NULL; -- what is left is the warning below
        END;
    END IF;
    IF v_on_error = 'block' THEN
        RAISE EXCEPTION 'dbtrack could not record this %, and %: %', p_command_tag, v_why, p_message
            USING ERRCODE = 'DT007', HINT = 'run: dbtrack doctor';
    END IF;
    RAISE WARNING 'dbtrack could not record this %: %', p_command_tag, p_message
        USING ERRCODE = p_sqlstate, HINT = 'The command itself is not affected. Run: dbtrack doctor';
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_failed(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Counts and reports a DDL command that could not be recorded';
