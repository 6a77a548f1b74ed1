-- An access list as one JSON object: "grantee's oid, privilege": whether it may be granted on. p_owner_id 0: nothing is
-- there by default.
CREATE OR REPLACE FUNCTION script_tracking.privileges_of(
    p_acl pg_catalog._aclitem,
    p_acl_type pg_catalog."char",
    p_owner_id pg_catalog.oid
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
    SELECT coalesce(jsonb_object_agg(e.grantee || ' ' || e.privilege_type, e.is_grantable), '{}')
    FROM (
        SELECT a.grantee, a.privilege_type, bool_or(a.is_grantable) AS is_grantable
        FROM aclexplode(CASE WHEN p_acl IS NOT NULL THEN p_acl
            WHEN p_owner_id <> 0 THEN acldefault(p_acl_type, p_owner_id) END) AS a
        GROUP BY a.grantee, a.privilege_type
    ) AS e);
END
$function$;

COMMENT ON FUNCTION script_tracking.privileges_of(pg_catalog._aclitem, pg_catalog."char", pg_catalog.oid) IS
    'An access list as JSON: who may do what, and grant it on';
