-- What the server's login may do without a token, which should be nothing: row security does not hold for the first
-- three, and the tenants of the fourth are shown to a token that is not valid.
SELECT session_user::text, r.rolsuper OR r.rolbypassrls AS bypasses,
    script_tracking.sees_all_tenants() OR EXISTS (
        SELECT FROM script_tracking.installation AS i JOIN pg_catalog.pg_roles AS a ON a.rolname = i.property_value
        WHERE i.property_name IN ('role.admin', 'role.owner') AND pg_has_role(a.oid, 'MEMBER')) AS administers,
    cardinality(script_tracking.caller_tenants()) > 0 AS has_tenants,
    EXISTS (
        SELECT FROM script_tracking.installation AS i JOIN pg_catalog.pg_roles AS a ON a.rolname = i.property_value
        WHERE i.property_name = 'role.api' AND pg_has_role(a.oid, 'USAGE')) AS is_member,
    (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.api') AS api_role
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = session_user;
