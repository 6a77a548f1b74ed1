-- Prevents other synchronisations of the tenants until the transaction ends, and returns where the tenants come from.
-- It is called before the platform's hub is read: of two sessions, the one that read earlier must not write later.
CREATE OR REPLACE FUNCTION script_tracking.lock_tenant_source()
RETURNS pg_catalog.text
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'tenant.source' FOR UPDATE
$function$;

COMMENT ON FUNCTION script_tracking.lock_tenant_source() IS
    'Prevents other synchronisations of the tenants until the transaction ends; returns where the tenants come from';
