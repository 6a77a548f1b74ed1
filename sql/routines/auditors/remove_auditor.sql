-- Ends what an auditor may read: transactions that begin afterwards read nothing. The row stays, for the list. The membership
-- in the role of auditors is revoked by leave_auditor.
CREATE OR REPLACE FUNCTION script_tracking.remove_auditor(p_login pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    UPDATE script_tracking.auditor AS a SET removed_at = clock_timestamp(), removed_by = session_user
    WHERE a.login_name = p_login AND a.removed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no auditor "%"', p_login USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack auditor list';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.remove_auditor(pg_catalog.text) IS 'Ends what an auditor may read, from the next transaction on';
