-- The tenant that the data of a registration names: tenant_hk in hexadecimal, or a business key under tenant.
CREATE OR REPLACE FUNCTION script_tracking.auth_claimed_tenant(p_user_data pg_catalog.jsonb)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_key pg_catalog.text := regexp_replace(p_user_data ->> 'tenant_hk', '^[\\]x', '');
BEGIN
    RETURN CASE WHEN v_key ~ '^[0-9a-fA-F]{64}$' THEN decode(v_key, 'hex')
        -- A key that is none must not silently become the platform.
        ELSE script_tracking.calculate_hash_key(coalesce(v_key, p_user_data ->> 'tenant')) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_claimed_tenant(pg_catalog.jsonb) IS 'The tenant that a registration names';
