-- Returns whether row security shows the caller the rows of all tenants: if it acts as an administrator or as the
-- owner, or bypasses row security, or proved an API token for everything, or is an auditor of everything. The acting role
-- decides, as in the policies.
CREATE OR REPLACE FUNCTION script_tracking.sees_all_tenants()
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT NOT row_security_active('script_tracking.rollup_error') OR EXISTS (
        SELECT
        FROM script_tracking.installation AS i
        JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
        WHERE i.property_name IN ('role.admin', 'role.owner') AND pg_has_role(r.oid, 'USAGE'))
        OR EXISTS (
            SELECT
            FROM script_tracking.installation AS i
            JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
            WHERE i.property_name = 'role.api' AND pg_has_role(r.oid, 'USAGE')) AND script_tracking.token_sees_all()
        OR EXISTS (
            SELECT
            FROM script_tracking.installation AS i
            JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
            WHERE i.property_name = 'role.auditor' AND pg_has_role(r.oid, 'USAGE')) AND script_tracking.auditor_sees_all()
$function$;

COMMENT ON FUNCTION script_tracking.sees_all_tenants() IS 'Whether row security shows the acting role all tenants'' rows';
