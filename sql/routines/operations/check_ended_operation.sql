-- Returns true if an operation of a batch can be stored as given, and raises an error otherwise.
CREATE OR REPLACE FUNCTION script_tracking.check_ended_operation(
    p_script_name pg_catalog.text,
    p_script_type pg_catalog.text,
    p_writer pg_catalog.text,
    p_execution_status pg_catalog.text,
    p_execution_timestamp pg_catalog.timestamptz,
    p_duration_us pg_catalog.int8
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM script_tracking.check_operation(p_script_name, p_script_type, p_writer);
    IF p_execution_status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED') THEN
        RAISE EXCEPTION 'an operation cannot have ended as %', p_execution_status
            USING ERRCODE = 'DT006', HINT = 'COMPLETED, FAILED, CANCELLED or ABANDONED';
    END IF;
    -- Five minutes, for a client whose clock is ahead.
    IF p_execution_timestamp > clock_timestamp() + '5 minutes'::pg_catalog."interval" THEN
        RAISE EXCEPTION 'an operation cannot have started at %, in the future', p_execution_timestamp
            USING ERRCODE = 'DT006', HINT = 'check the clock of the client';
    END IF;
    -- No clock shows such a time, and clients cannot read it: years before Christ, minus infinity.
    IF p_execution_timestamp < '1970-01-01 00:00:00+00' THEN
        RAISE EXCEPTION 'an operation cannot have started at %, before 1970', p_execution_timestamp
            USING ERRCODE = 'DT006', HINT = 'check the clock of the client';
    END IF;
    IF p_duration_us < 0 THEN
        RAISE EXCEPTION 'an operation cannot have taken % microseconds', p_duration_us
            USING ERRCODE = 'DT006', HINT = 'durations are zero or more';
    END IF;
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_ended_operation(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.int8) IS
    'True, or an error that says what is wrong with the operation';
