-- Returns an access list by oid and in a fixed order, so that neither renaming a role nor the order of grants changes
-- it.
CREATE OR REPLACE FUNCTION script_tracking.canonical_acl(p_acl pg_catalog._aclitem)
RETURNS pg_catalog.text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(string_agg(concat_ws(' ', a.grantee, a.privilege_type, a.is_grantable, a.grantor), ','
        ORDER BY a.grantee, a.privilege_type, a.is_grantable, a.grantor), 'nobody')
    FROM aclexplode(p_acl) AS a
$function$;

COMMENT ON FUNCTION script_tracking.canonical_acl(pg_catalog._aclitem) IS 'An access list by oid and in one order';
