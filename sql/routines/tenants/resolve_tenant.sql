-- Returns the hash key of a tenant, given by its business key or by its hash key in hexadecimal.
CREATE OR REPLACE FUNCTION script_tracking.resolve_tenant(tenant pg_catalog.text)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea;
BEGIN
    IF tenant IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT h.tenant_hk INTO v_tenant_hk
    FROM script_tracking.tenant_h AS h
    WHERE h.tenant_bk = resolve_tenant.tenant OR encode(h.tenant_hk, 'hex') = lower(resolve_tenant.tenant COLLATE "C")
    ORDER BY h.tenant_bk = resolve_tenant.tenant DESC
    LIMIT 1;
    IF v_tenant_hk IS NULL THEN
        RAISE EXCEPTION 'there is no tenant "%"', tenant
            USING ERRCODE = 'DT003', HINT = CASE
                WHEN script_tracking.tenant_source() = 'auth.tenant_h'
                    THEN 'if it is new in auth.tenant_h, an administrator can run: dbtrack tenant sync'
                ELSE 'list them with: dbtrack tenant list' END;
    END IF;
    RETURN v_tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.resolve_tenant(pg_catalog.text) IS
    'The hash key of a tenant, by its business key or its hash key in hexadecimal';
