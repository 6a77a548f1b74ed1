-- Disables a tenant, or enables it again. Disabled: no new operation for it; its DDL is captured, its grants stay.
CREATE OR REPLACE FUNCTION script_tracking.set_tenant_active(tenant pg_catalog.text, is_active pg_catalog.bool)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    PERFORM script_tracking.add_tenant_version(
        script_tracking.resolve_tenant(tenant), NULL, is_active, 'set_tenant_active');
END
$function$;

COMMENT ON FUNCTION script_tracking.set_tenant_active(pg_catalog.text, pg_catalog.bool) IS
    'Disables a tenant (no new operations for it; DDL is captured, grants stay) or enables it';
