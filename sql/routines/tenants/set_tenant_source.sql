-- Sets where the tenants come from. Nothing is read here: the platform's hub is read with the caller's rights.
CREATE OR REPLACE FUNCTION script_tracking.set_tenant_source(source pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF source IS NULL OR source NOT IN ('auth.tenant_h', 'own') THEN
        RAISE EXCEPTION 'tenants cannot come from "%"', source
            USING ERRCODE = 'DT006', HINT = 'one of: auth.tenant_h, own';
    END IF;
    INSERT INTO script_tracking.installation AS i (property_name, property_value) VALUES ('tenant.source', source)
    ON CONFLICT ON CONSTRAINT installation_pkey DO UPDATE SET property_value = excluded.property_value;
END
$function$;

COMMENT ON FUNCTION script_tracking.set_tenant_source(pg_catalog.text) IS
    'Sets where the tenants come from: auth.tenant_h or own';
