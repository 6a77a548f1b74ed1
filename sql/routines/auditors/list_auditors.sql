-- Lists the auditors, those who may read first; sees_more: another role of dbtrack's, or of the server's, that was granted to
-- the login since, by which it sees or writes what an auditor does not.
CREATE OR REPLACE FUNCTION script_tracking.list_auditors()
RETURNS TABLE (
    login_name pg_catalog.text,
    tenants pg_catalog.text[],
    added_at pg_catalog.timestamptz,
    added_by pg_catalog.text,
    expires_at pg_catalog.timestamptz,
    auditor_status pg_catalog.text,
    last_read_at pg_catalog.timestamptz,
    sees_more pg_catalog.text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT a.login_name::pg_catalog.text,
        CASE WHEN a.reaches_hk IS NOT NULL THEN
            ARRAY(SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h
                  WHERE h.tenant_hk = ANY (a.reaches_hk) ORDER BY 1) END,
        a.added_at, a.added_by::pg_catalog.text, a.expires_at,
        CASE WHEN a.removed_at IS NOT NULL THEN 'REMOVED' WHEN a.expires_at <= clock_timestamp() THEN 'EXPIRED'
            WHEN NOT EXISTS (
                SELECT FROM pg_catalog.pg_roles AS r
                JOIN script_tracking.installation AS i ON i.property_name = 'role.auditor'
                JOIN pg_catalog.pg_roles AS o ON o.rolname = i.property_value
                WHERE r.oid = a.role_oid AND r.rolname = a.login_name AND pg_has_role(r.oid, o.oid, 'MEMBER')) THEN 'INVALID'
            ELSE 'VALID' END,
        (SELECT max(l.accessed_at) FROM script_tracking.access_log AS l
         WHERE l.db_session_user = a.login_name AND l.accessed_at >= a.added_at
             AND l.accessed_at <= coalesce(a.removed_at, 'infinity')),
        CASE WHEN a.removed_at IS NULL THEN (
            SELECT string_agg(o.rolname::pg_catalog.text, ', ' ORDER BY o.rolname)
            FROM pg_catalog.pg_roles AS r
            JOIN pg_catalog.pg_roles AS o ON pg_has_role(r.oid, o.oid, 'MEMBER')
            WHERE r.rolname = a.login_name AND (o.rolsuper OR o.rolbypassrls OR EXISTS (
                SELECT FROM script_tracking.installation AS i WHERE i.property_value = o.rolname AND i.property_name::pg_catalog.text
                    IN ('role.reader', 'role.operator', 'role.admin', 'role.owner', 'role.api')))) END
    FROM script_tracking.auditor AS a
    ORDER BY a.removed_at IS NOT NULL, a.expires_at <= clock_timestamp(), a.login_name, a.added_at
$function$;

COMMENT ON FUNCTION script_tracking.list_auditors() IS
    'The auditors, whose records they read and until when; tenants: NULL for everything; auditor_status: VALID, EXPIRED, '
    'REMOVED or INVALID: no such role now, or no member of the role of auditors';
