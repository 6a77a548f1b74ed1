-- Revokes the role of auditors from a login, with the privileges of the caller; false: the caller may not.
CREATE OR REPLACE FUNCTION script_tracking.leave_auditor(p_login pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    EXECUTE (SELECT format('REVOKE %I FROM %I', i.property_value, p_login) FROM script_tracking.installation AS i
        WHERE i.property_name = 'role.auditor');
    RETURN true;
EXCEPTION
    WHEN insufficient_privilege THEN
        RETURN false;
    WHEN undefined_object THEN
        RETURN true; -- the login is gone
END
$function$;

COMMENT ON FUNCTION script_tracking.leave_auditor(pg_catalog.text) IS
    'Revokes the role of auditors from a login, as the caller; false: it may not';
