-- Ends the current version of an execution and returns it. It uses ON CONFLICT, which finds the row's partition as an
-- INSERT does, however many months there are, with a plan that is kept. An UPDATE would have to be planned each time,
-- or open all partitions. SERIALIZABLE transactions do not track what ON CONFLICT reads either: see
-- take_open_execution.
CREATE OR REPLACE FUNCTION script_tracking.end_version(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_ended_at pg_catalog.timestamptz
)
RETURNS script_tracking.script_execution_s
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_row script_tracking.script_execution_s;
BEGIN
    -- If the row is missing, this inserts one. The caller's error, that the version is missing, rolls that back.
    INSERT INTO script_tracking.script_execution_s AS s
        (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status, execution_timestamp,
         db_session_user, record_source)
    VALUES (p_execution_hk, p_load_date, '', '', '', 'RUNNING', p_load_date, '', '')
    ON CONFLICT (load_date, script_execution_hk) DO UPDATE SET load_end_date = p_ended_at
        WHERE s.load_end_date IS NULL
    RETURNING s.* INTO v_row;
    RETURN CASE WHEN v_row.load_end_date IS NOT NULL THEN v_row END;
END
$function$;

COMMENT ON FUNCTION script_tracking.end_version(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Ends the current version of an execution, and returns it; NULL: it is missing';
