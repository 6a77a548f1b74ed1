-- Creates a token for the API and returns it once, as dbt_ID_SECRET. The secret is 32 random bytes in hexadecimal; its
-- SHA-256 is stored, as the two pads of the HMAC by which the server proves in each transaction that it was shown it.
CREATE OR REPLACE FUNCTION script_tracking.create_api_token(
    p_name pg_catalog.text,
    p_scope pg_catalog.text,
    p_tenants pg_catalog.text[] DEFAULT NULL,
    p_valid_seconds pg_catalog.int8 DEFAULT NULL,
    p_requests_per_minute pg_catalog.int4 DEFAULT NULL
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_secret pg_catalog.bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    v_token_id pg_catalog.text := right(gen_random_uuid()::pg_catalog.text, 12);
    v_inner pg_catalog.bytea := sha256(v_secret) || decode(repeat('00', 32), 'hex');
    v_outer pg_catalog.bytea := v_inner;
BEGIN
    IF p_name IS NULL OR p_name !~ '^[a-z0-9_-]{1,63}$' THEN
        RAISE EXCEPTION '"%" cannot name a token', p_name
            USING ERRCODE = 'DT006', HINT = '1 to 63 small letters, digits, underscores and hyphens';
    ELSIF p_scope IS NULL OR p_scope NOT IN ('read', 'write', 'admin') THEN
        RAISE EXCEPTION 'there is no scope "%"', p_scope USING ERRCODE = 'DT006', HINT = 'read, write or admin';
    ELSIF cardinality(p_tenants) = 0 THEN
        RAISE EXCEPTION 'a token for no tenant proves nothing'
            USING ERRCODE = 'DT006', HINT = 'name tenants, or give NULL for everything';
    ELSIF p_scope = 'admin' AND p_tenants IS NOT NULL THEN
        RAISE EXCEPTION 'a token with the scope admin is for everything'
            USING ERRCODE = 'DT006', HINT = 'name no tenant, or choose the scope read or write';
    ELSIF p_valid_seconds NOT BETWEEN 60 AND 315576000 THEN
        RAISE EXCEPTION 'a token cannot be valid for % seconds', p_valid_seconds
            USING ERRCODE = 'DT006', HINT = 'a minute to ten years, or without end';
    ELSIF p_requests_per_minute NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION 'a token cannot be limited to % requests a minute', p_requests_per_minute
            USING ERRCODE = 'DT006', HINT = '1 to 1000000';
    ELSIF EXISTS (SELECT FROM script_tracking.api_token AS t WHERE t.token_name = p_name AND t.revoked_at IS NULL) THEN
        RAISE EXCEPTION 'there is a token "%" already', p_name
            USING ERRCODE = 'DT006', HINT = 'choose another name, or first run: dbtrack token revoke ' || p_name;
    END IF;
    FOR v_byte IN 0..63 LOOP
        v_inner := set_byte(v_inner, v_byte, get_byte(v_inner, v_byte) # 54);
        v_outer := set_byte(v_outer, v_byte, get_byte(v_outer, v_byte) # 92);
    END LOOP;
    INSERT INTO script_tracking.api_token (token_id, token_name, token_scope, proves_hk, inner_pad, outer_pad,
        requests_per_minute, expires_at)
    VALUES (v_token_id, p_name, p_scope,
        CASE WHEN p_tenants IS NOT NULL THEN
            (SELECT array_agg(DISTINCT script_tracking.resolve_tenant(t.tenant)) FROM unnest(p_tenants) AS t (tenant)) END,
        v_inner, v_outer, p_requests_per_minute, clock_timestamp() + make_interval(secs => p_valid_seconds));
    RETURN 'dbt_' || v_token_id || '_' || encode(v_secret, 'hex');
END
$function$;

COMMENT ON FUNCTION script_tracking.create_api_token(
    pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.int8, pg_catalog.int4) IS
    'Creates a token for the API and returns it, once; p_tenants: those whose records it reaches, NULL for everything; '
    'p_valid_seconds: NULL for without end';
