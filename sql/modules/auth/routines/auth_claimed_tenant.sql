-- Returns the tenant that the data of a registration names: tenant_hk in hexadecimal, or a business key under tenant. A
-- platform's keys need not be hashes of names, so they are looked up. To a caller that may not see the tenant, it looks
-- as if there were none.
CREATE OR REPLACE FUNCTION script_tracking.auth_claimed_tenant(p_user_data pg_catalog.jsonb)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_key pg_catalog.text := regexp_replace(p_user_data ->> 'tenant_hk', '^[\\]x', '');
BEGIN
    RETURN CASE WHEN v_key ~ '^([0-9a-fA-F]{2}){16,64}$' THEN decode(v_key, 'hex')
        ELSE coalesce(
            (SELECT h.tenant_hk FROM script_tracking.tenant_h AS h
             WHERE v_key IS NULL AND h.tenant_bk = p_user_data ->> 'tenant'
                AND (h.tenant_hk = ANY (script_tracking.caller_tenants()) OR script_tracking.caller_may_administer())),
            -- An invalid key must not silently become the platform.
            script_tracking.calculate_hash_key(coalesce(v_key, p_user_data ->> 'tenant'))) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_claimed_tenant(pg_catalog.jsonb) IS 'The tenant that a registration names';
