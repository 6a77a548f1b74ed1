-- Returns the roles and schemas of the tenants that the caller may see; an asterisk marks a role's default tenant.
CREATE OR REPLACE FUNCTION script_tracking.get_tenant_members()
RETURNS TABLE (tenant_hk pg_catalog.bytea, roles pg_catalog.text[], schemas pg_catalog.text[])
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT h.tenant_hk,
        ARRAY(SELECT l.role_name || CASE WHEN l.is_default THEN '*' ELSE '' END
              FROM script_tracking.tenant_role_l AS l WHERE l.tenant_hk = h.tenant_hk ORDER BY 1),
        ARRAY(SELECT l.schema_name::pg_catalog.text
              FROM script_tracking.tenant_schema_l AS l WHERE l.tenant_hk = h.tenant_hk ORDER BY 1)
    FROM script_tracking.tenant_h AS h
    WHERE script_tracking.caller_may_administer() OR h.tenant_hk = ANY (script_tracking.caller_tenants())
$function$;

COMMENT ON FUNCTION script_tracking.get_tenant_members() IS 'Roles and schemas of the tenants that the caller may see';
