-- Returns whether the login could act as somebody who sees the rows of all tenants, or has proved a token that does. Unlike
-- sees_all_tenants it does not depend on the acting role, which in a function of the owner is the owner.
CREATE OR REPLACE FUNCTION script_tracking.may_see_all_tenants()
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT EXISTS (
        SELECT
        FROM pg_catalog.pg_roles AS r
        WHERE (r.rolsuper OR r.rolbypassrls OR r.rolname IN (SELECT i.property_value FROM script_tracking.installation AS i
                WHERE i.property_name IN ('role.admin', 'role.owner')))
            AND pg_has_role(session_user, r.oid, 'MEMBER'))
        OR script_tracking.token_sees_all()
$function$;

COMMENT ON FUNCTION script_tracking.may_see_all_tenants() IS
    'Whether the login could act as somebody who sees all tenants'' rows';
