-- Returns the privileges that one access list has and another does not, by grantee, in the form of metadata.privileges,
-- without the object.
CREATE OR REPLACE FUNCTION script_tracking.acl_difference(
    p_old_acl pg_catalog._aclitem,
    p_new_acl pg_catalog._aclitem
)
RETURNS TABLE (grantee pg_catalog.text, change pg_catalog.jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT CASE k.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(k.grantee) END::pg_catalog.text,
        jsonb_build_object(
            'gained', coalesce(jsonb_agg(k.privilege_type ORDER BY k.privilege_type)
                FILTER (WHERE k.was IS NULL AND k.is_now IS NOT NULL), '[]'),
            'lost', coalesce(jsonb_agg(k.privilege_type ORDER BY k.privilege_type)
                FILTER (WHERE k.was IS NOT NULL AND k.is_now IS NULL), '[]'),
            'grant_option_gained', jsonb_agg(k.privilege_type ORDER BY k.privilege_type)
                FILTER (WHERE k.was IS NOT TRUE AND k.is_now),
            'grant_option_lost', jsonb_agg(k.privilege_type ORDER BY k.privilege_type)
                FILTER (WHERE k.was AND k.is_now IS NOT TRUE))
    FROM (
        SELECT e.grantee, e.privilege_type, bool_or(e.is_grantable) FILTER (WHERE e.is_old) AS was,
            bool_or(e.is_grantable) FILTER (WHERE NOT e.is_old) AS is_now
        FROM (
            SELECT true AS is_old, o.* FROM aclexplode(p_old_acl) AS o
            UNION ALL
            SELECT false, n.* FROM aclexplode(p_new_acl) AS n
        ) AS e
        GROUP BY e.grantee, e.privilege_type
    ) AS k
    WHERE k.was IS DISTINCT FROM k.is_now
    GROUP BY k.grantee;
END
$function$;

COMMENT ON FUNCTION script_tracking.acl_difference(pg_catalog._aclitem, pg_catalog._aclitem) IS
    'Who has gained or lost what from one access list to another';
