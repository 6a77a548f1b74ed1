-- Returns the row that makes the login an auditor, whether or not its time has passed; none for another login. The name alone
-- makes nobody an auditor: a role that was dropped and made again has another OID, and one that lost the role of auditors
-- may not read as one.
CREATE OR REPLACE FUNCTION script_tracking.current_auditor()
RETURNS SETOF script_tracking.auditor
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT a.*
    FROM script_tracking.auditor AS a
    JOIN pg_catalog.pg_roles AS l ON l.oid = a.role_oid AND l.rolname = a.login_name
    WHERE a.login_name = session_user AND a.removed_at IS NULL AND EXISTS (
        SELECT
        FROM script_tracking.installation AS i
        JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
        WHERE i.property_name = 'role.auditor' AND pg_has_role(l.oid, r.oid, 'MEMBER'))
$function$;

COMMENT ON FUNCTION script_tracking.current_auditor() IS
    'The row that makes the login an auditor, by its OID and its membership; for the functions of this schema';
