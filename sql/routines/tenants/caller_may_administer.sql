-- Returns whether the login is an administrator of dbtrack: a member of its admin role, or a superuser.
CREATE OR REPLACE FUNCTION script_tracking.caller_may_administer()
RETURNS pg_catalog.bool
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
RETURN EXISTS (
    SELECT
    FROM script_tracking.installation AS i
    JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
    -- Cast to text: a list of varchar is restored from a dump as another expression, which the doctor would report as
    -- drift.
    WHERE i.property_name::pg_catalog.text IN ('role.admin', 'role.owner')
        AND pg_has_role(session_user, r.oid, 'MEMBER'));

COMMENT ON FUNCTION script_tracking.caller_may_administer() IS 'Whether the login administers dbtrack';
