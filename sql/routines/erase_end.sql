-- Takes a person out of what else says who did something, and closes the record of the erasure with what it did.
CREATE OR REPLACE FUNCTION script_tracking.erase_end(
    p_execution_hk pg_catalog.bytea,
    p_subject pg_catalog.text,
    p_rows pg_catalog.int8,
    p_sealed pg_catalog.int8
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_load_date pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.erase_check(p_subject);
    DELETE FROM script_tracking.open_execution AS o
    WHERE o.script_execution_hk = p_execution_hk AND o.opened_by = session_user
    RETURNING o.load_date INTO v_load_date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such open erasure' USING ERRCODE = 'DT006', HINT = 'run: dbtrack erase';
    END IF;
    UPDATE script_tracking.capture_failure AS f
    SET db_session_user = CASE WHEN f.db_session_user = p_subject THEN '[erased]' ELSE f.db_session_user END,
        error_message = CASE WHEN f.error_message ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE f.error_message END
    WHERE f.db_session_user = p_subject OR f.error_message ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.setting AS s SET changed_by = '[erased]' WHERE s.changed_by = p_subject;
    PERFORM script_tracking.close_version(p_execution_hk, v_load_date, 'COMPLETED', NULL,
        jsonb_build_object('versions_erased', p_rows, 'rows_erased', p_sealed), NULL, NULL, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_end IS 'Closes the record of an erasure, for dbtrack erase';
