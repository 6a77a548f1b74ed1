-- Returns the row that makes the login an auditor; an empty one for another login, an error if its time has passed. The clock
-- decides, not the time of the transaction: an open transaction does not prolong it. A refusal goes to the server's log, as
-- the transaction that it ends records nothing.
CREATE OR REPLACE FUNCTION script_tracking.own_audit()
RETURNS script_tracking.auditor
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_auditor script_tracking.auditor;
BEGIN
    SELECT a.* INTO v_auditor FROM script_tracking.current_auditor() AS a;
    IF v_auditor.expires_at <= clock_timestamp() THEN
        RAISE LOG 'dbtrack refuses the auditor "%": its time ended at %', session_user, v_auditor.expires_at;
        RAISE EXCEPTION 'the auditor "%" may read no longer: its time ended at %', session_user,
            to_char(v_auditor.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
            USING ERRCODE = 'DT004', HINT = format('an administrator can run: dbtrack auditor add %I --until DATE', session_user);
    END IF;
    RETURN v_auditor;
END
$function$;

COMMENT ON FUNCTION script_tracking.own_audit() IS
    'The row that makes the login an auditor, empty for another login; refused once its time has passed';
