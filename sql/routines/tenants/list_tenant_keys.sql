-- Lists the keys of the services, without the secret part.
CREATE OR REPLACE FUNCTION script_tracking.list_tenant_keys()
RETURNS TABLE (
    key_name pg_catalog."varchar",
    key_version pg_catalog.int4,
    tenants pg_catalog.text[],
    created_at pg_catalog.timestamptz,
    created_by pg_catalog.name,
    expires_at pg_catalog.timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT k.key_name, k.key_version,
        CASE WHEN k.proves_hk IS NOT NULL THEN
            ARRAY(SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h
                  WHERE h.tenant_hk = ANY (k.proves_hk) ORDER BY 1) END,
        k.created_at, k.created_by, k.expires_at
    FROM script_tracking.tenant_key AS k
    ORDER BY k.key_name, k.key_version
$function$;

COMMENT ON FUNCTION script_tracking.list_tenant_keys() IS
    'The keys with which services prove their tenant, never the secrets; tenants: NULL for all';
