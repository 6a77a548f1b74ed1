-- Returns whether the login is an auditor who may read the seals: one of everything. For one of single tenants it is an error
-- and not an empty answer, which would look like a record without seals.
CREATE OR REPLACE FUNCTION script_tracking.auditor_verifies()
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_auditor script_tracking.auditor := script_tracking.own_audit();
BEGIN
    IF v_auditor.reaches_hk IS NOT NULL THEN
        RAISE EXCEPTION 'the seals are over the records of all tenants: the auditor "%" reads those of single ones', session_user
            USING ERRCODE = 'DT004', HINT = 'dbtrack check-proof verifies a proof without the database';
    END IF;
    RETURN v_auditor.auditor_id IS NOT NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.auditor_verifies() IS
    'Whether the login is an auditor of everything, who may read the seals; refused to an auditor of single tenants';
