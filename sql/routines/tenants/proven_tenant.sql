-- Returns the tenant that this transaction proved. dbtrack.tenant_token is KEY.VERSION.TENANT.MAC, the last two in
-- hexadecimal; the MAC is an HMAC-SHA256 over the tenant's hash key and tenant_challenge(). Any session can set the
-- setting, but only the holder of the key can make a valid MAC. NULL if it is invalid: capture calls this function, so
-- it never fails.
CREATE OR REPLACE FUNCTION script_tracking.proven_tenant()
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_token pg_catalog.text := current_setting('dbtrack.tenant_token', true);
    v_tenant_hk pg_catalog.bytea;
BEGIN
    -- Version 0: the token of the API.
    IF v_token ~ '^[^.]*[.]0[.]' THEN
        RETURN (SELECT t.tenant_hk FROM script_tracking.proven_token() AS t);
    END IF;
    IF v_token IS NULL OR v_token !~ '^[a-z0-9_-]{1,63}[.][0-9]{1,9}[.][0-9a-f]{64}[.][0-9a-f]{64}$' THEN
        RETURN NULL;
    END IF;
    v_tenant_hk := decode(split_part(v_token, '.', 3), 'hex');
    RETURN (
        SELECT v_tenant_hk
        FROM script_tracking.tenant_key AS k
        WHERE k.key_name = split_part(v_token, '.', 1)
            AND k.key_version = split_part(v_token, '.', 2)::pg_catalog.int4
            AND (k.expires_at IS NULL OR k.expires_at > transaction_timestamp())
            AND (k.proves_hk IS NULL OR v_tenant_hk = ANY (k.proves_hk))
            AND EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = v_tenant_hk)
            -- Hashed once more, so that the time of the comparison does not show how far the two agree.
            AND sha256(k.outer_pad || decode(split_part(v_token, '.', 4), 'hex'))
                = sha256(k.outer_pad || sha256(k.outer_pad || sha256(
                    k.inner_pad || v_tenant_hk || decode(script_tracking.tenant_challenge(), 'escape')))));
END
$function$;

COMMENT ON FUNCTION script_tracking.proven_tenant() IS
    'The tenant that this transaction proved with dbtrack.tenant_token; NULL if it proved none';
