-- Returns where the tenants come from: auth.tenant_h is the platform's hub, own is dbtrack's; NULL if nobody has chosen
-- yet.
CREATE OR REPLACE FUNCTION script_tracking.tenant_source()
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT i.property_value FROM script_tracking.installation AS i
    WHERE i.property_name::pg_catalog.text = 'tenant.source');

COMMENT ON FUNCTION script_tracking.tenant_source() IS
    'Where the tenants come from: auth.tenant_h, own, or NULL if nobody has chosen yet';
