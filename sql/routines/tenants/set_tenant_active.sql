-- Disables a tenant, or enables it again. While it is disabled, there are no new operations for it; its DDL is
-- captured, and its grants stay.
CREATE OR REPLACE FUNCTION script_tracking.set_tenant_active(tenant pg_catalog.text, is_active pg_catalog.bool)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := script_tracking.resolve_tenant(tenant);
BEGIN
    IF is_active AND script_tracking.tenant_source() = 'auth.tenant_h' AND EXISTS (
        SELECT FROM script_tracking.tenant_s AS s
        WHERE s.tenant_hk = v_tenant_hk AND s.load_end_date IS NULL AND NOT s.is_active
            AND starts_with(s.record_source, 'sync_tenants@')) THEN
        RAISE EXCEPTION 'the tenant "%" is gone from auth.tenant_h', tenant
            USING ERRCODE = 'DT006', HINT = 'put it back there, then run: dbtrack tenant sync';
    END IF;
    PERFORM script_tracking.add_tenant_version(v_tenant_hk, NULL, is_active, 'set_tenant_active');
END
$function$;

COMMENT ON FUNCTION script_tracking.set_tenant_active(pg_catalog.text, pg_catalog.bool) IS
    'Disables a tenant (no new operations for it; DDL is captured, grants stay) or enables it';
