-- Returns the API token that this transaction proved, and for whom it acts; no row if it proved none.
-- dbtrack.tenant_token is then ID.0.TENANT.MAC. TENANT is a tenant's hash key in hexadecimal, or "all" for all that the
-- token reaches, which may be a single tenant. The MAC is an HMAC-SHA256, keyed by the SHA-256 of the token's secret,
-- over the bytes of TENANT and tenant_challenge(). The keys of services have versions from 1 on.
-- The MAC is computed for a token that does not exist too, so that the time does not show which tokens exist.
CREATE OR REPLACE FUNCTION script_tracking.proven_token()
RETURNS TABLE (
    token_id pg_catalog.text,
    token_name pg_catalog.text,
    token_scope pg_catalog.text,
    requests_per_minute pg_catalog.int4,
    tenant_hk pg_catalog.bytea,
    reaches_hk pg_catalog.bytea[]
)
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED ROWS 1
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
DECLARE
    v_proof pg_catalog.text := current_setting('dbtrack.tenant_token', true);
    v_part pg_catalog.text;
    v_subject pg_catalog.bytea;
    v_token script_tracking.api_token;
    v_is_valid pg_catalog.bool;
BEGIN
    IF v_proof IS NULL OR v_proof !~ '^[0-9a-f]{12}[.]0[.](all|[0-9a-f]{64})[.][0-9a-f]{64}$' THEN
        RETURN;
    END IF;
    v_part := split_part(v_proof, '.', 3);
    v_subject := CASE v_part WHEN 'all' THEN '\x616c6c'::pg_catalog.bytea ELSE decode(v_part, 'hex') END;
    SELECT t.* INTO v_token FROM script_tracking.api_token AS t WHERE t.token_id = split_part(v_proof, '.', 1);
    v_token.inner_pad := coalesce(v_token.inner_pad, decode(repeat('36', 64), 'hex'));
    v_token.outer_pad := coalesce(v_token.outer_pad, decode(repeat('5c', 64), 'hex'));
    -- Hashed once more, so that the time of the comparison does not show how far the two agree.
    v_is_valid := sha256(v_token.outer_pad || decode(split_part(v_proof, '.', 4), 'hex'))
        = sha256(v_token.outer_pad || sha256(v_token.outer_pad || sha256(
            v_token.inner_pad || v_subject || decode(script_tracking.tenant_challenge(), 'escape'))));
    IF NOT v_is_valid OR v_token.token_id IS NULL OR v_token.revoked_at IS NOT NULL
        OR v_token.expires_at <= transaction_timestamp() THEN
        RETURN;
    END IF;
    IF v_part = 'all' THEN
        v_subject := CASE cardinality(v_token.proves_hk) WHEN 1 THEN v_token.proves_hk[1] END;
    ELSIF v_subject <> ALL (v_token.proves_hk)
        OR NOT EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = v_subject) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT v_token.token_id::pg_catalog.text, v_token.token_name::pg_catalog.text,
        v_token.token_scope::pg_catalog.text, v_token.requests_per_minute, v_subject,
        CASE WHEN v_subject IS NULL THEN v_token.proves_hk ELSE ARRAY[v_subject] END;
END
$function$;

COMMENT ON FUNCTION script_tracking.proven_token() IS
    'The API token that this transaction proved with dbtrack.tenant_token; tenant_hk: for whom it acts, NULL for all of '
    'reaches_hk; reaches_hk: NULL for all tenants and the platform';
