-- Lets this transaction act as the API token that signed a message of a bus, and returns the token's name. The MAC is
-- HMAC-SHA256, keyed by the SHA-256 of the token's secret, over "dbtrack outbox 1", the tenant and the body, each on a
-- line of its own. A token with one tenant needs none in the message.
-- It sets the proof that a request over HTTP has: from here on both are recorded by the same rules, and are the same.
CREATE OR REPLACE FUNCTION script_tracking.prove_message(
    p_token_id pg_catalog.text,
    p_tenant pg_catalog.text,
    p_mac pg_catalog.bytea,
    p_body pg_catalog.text
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_token script_tracking.api_token;
    v_inner pg_catalog.bytea;
    v_outer pg_catalog.bytea;
    v_message pg_catalog.bytea := convert_to(format(E'dbtrack outbox 1\n%s\n', p_tenant) || p_body, 'UTF8');
    v_subject pg_catalog.bytea := '\x616c6c';
    v_part pg_catalog.text := 'all';
BEGIN
    SELECT t.* INTO v_token FROM script_tracking.api_token AS t WHERE t.token_id = p_token_id;
    v_inner := coalesce(v_token.inner_pad, decode(repeat('36', 64), 'hex'));
    v_outer := coalesce(v_token.outer_pad, decode(repeat('5c', 64), 'hex'));
    -- Hashed once more, so that the time of the comparison does not show how far the two agree.
    IF (sha256(v_outer || p_mac) = sha256(v_outer || sha256(v_outer || sha256(v_inner || v_message)))) IS NOT TRUE
        OR v_token.token_id IS NULL THEN
        RAISE EXCEPTION 'it is not signed by a token' USING ERRCODE = 'DT004', HINT = 'check the token and the signature';
    ELSIF v_token.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'the token "%" is revoked', v_token.token_name USING ERRCODE = 'DT004';
    ELSIF v_token.expires_at <= transaction_timestamp() THEN
        RAISE EXCEPTION 'the token "%" has expired', v_token.token_name USING ERRCODE = 'DT004';
    END IF;
    IF p_tenant <> '' THEN
        SELECT h.tenant_hk INTO v_subject FROM script_tracking.tenant_h AS h
        WHERE h.tenant_bk = p_tenant AND (v_token.proves_hk IS NULL OR h.tenant_hk = ANY (v_token.proves_hk));
        -- A tenant that does not exist gets the same answer, so that nobody learns which tenants exist.
        IF v_subject IS NULL THEN
            RAISE EXCEPTION '"%" is not a tenant of the token "%"', p_tenant, v_token.token_name USING ERRCODE = 'DT004';
        END IF;
        v_part := encode(v_subject, 'hex');
    END IF;
    PERFORM set_config('dbtrack.tenant_token', format('%s.0.%s.%s', p_token_id, v_part, encode(sha256(v_outer || sha256(
            v_inner || v_subject || decode(script_tracking.tenant_challenge(), 'escape'))), 'hex')), true),
        -- What is recorded says which token asked.
        set_config('application_name', left('dbtrack outbox ' || v_token.token_name, 63), true);
    RETURN v_token.token_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.prove_message(
    pg_catalog.text, pg_catalog.text, pg_catalog.bytea, pg_catalog.text) IS
    'Acts as the token that signed a message of a bus, and returns its name; for the functions of this schema';
