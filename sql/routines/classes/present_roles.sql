-- Returns the roles of the server as they are now. Of a membership that neither inherits nor allows SET ROLE (PostgreSQL 16), no
-- privilege can be used.
CREATE OR REPLACE FUNCTION script_tracking.present_roles()
RETURNS TABLE (
    role_name pg_catalog.text,
    is_superuser pg_catalog.bool,
    can_login pg_catalog.bool,
    member_of pg_catalog.text[]
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT r.rolname::pg_catalog.text, r.rolsuper, r.rolcanlogin, coalesce(m.member_of, '{}')
    FROM pg_catalog.pg_roles AS r
    LEFT JOIN (
        SELECT a.member, array_agg(DISTINCT g.rolname::pg_catalog.text) AS member_of
        FROM pg_catalog.pg_auth_members AS a
        JOIN pg_catalog.pg_roles AS g ON g.oid = a.roleid
        CROSS JOIN LATERAL to_jsonb(a) AS j
        WHERE coalesce((j ->> 'inherit_option')::pg_catalog.bool, true) OR coalesce((j ->> 'set_option')::pg_catalog.bool, true)
        GROUP BY a.member) AS m ON m.member = r.oid
$function$;

COMMENT ON FUNCTION script_tracking.present_roles() IS 'The roles of the server, with the roles that each can use';
