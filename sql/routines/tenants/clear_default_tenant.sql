-- From now on the role's work belongs to no tenant; the role still sees the tenants that it was granted.
CREATE OR REPLACE FUNCTION script_tracking.clear_default_tenant(role_name pg_catalog.name)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    UPDATE script_tracking.tenant_role_l AS l SET is_default = false
    WHERE l.role_name = clear_default_tenant.role_name AND l.is_default;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the role "%" has no default tenant', role_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack tenant list';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.clear_default_tenant(pg_catalog.name) IS
    'From now on the role''s work belongs to no tenant';
