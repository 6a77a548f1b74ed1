-- Opens the record of an erasure, which says why and never whom.
CREATE OR REPLACE FUNCTION script_tracking.erase_begin(p_subject pg_catalog.text, p_reason pg_catalog.text)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_execution record;
BEGIN
    PERFORM script_tracking.erase_check(p_subject);
    IF coalesce(btrim(p_reason), '') = '' OR p_reason ~* script_tracking.erase_pattern(p_subject) THEN
        RAISE EXCEPTION 'the reason is empty or names the person'
            USING ERRCODE = 'DT006', HINT = 'write the number of the request';
    END IF;
    v_execution := script_tracking.insert_execution('dbtrack erase', 'MAINTENANCE', 'RUNNING', clock_timestamp(), NULL,
        NULL, '{}', NULL, NULL, script_tracking.session_metadata()
            || jsonb_build_object('reason', script_tracking.redact_message(p_reason)), 'erase');
    PERFORM script_tracking.open_execution(v_execution.o_script_execution_hk, v_execution.o_load_date, false, NULL);
    RETURN v_execution.o_script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_begin(pg_catalog.text, pg_catalog.text) IS
    'Opens the record of an erasure, for dbtrack erase';
