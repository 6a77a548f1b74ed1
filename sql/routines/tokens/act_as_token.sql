-- Lets this transaction act as the holder of an API token, and returns the token with the tenants that it reaches; no row
-- if the proof is not valid. It needs no rights of its own: whoever may set a setting can do the same in three statements,
-- and `dbtrack serve` saves two round trips for each request.
CREATE OR REPLACE FUNCTION script_tracking.act_as_token(
    p_proof pg_catalog.text,
    p_client pg_catalog.text,
    p_statement_timeout pg_catalog.text,
    p_tenant pg_catalog.text DEFAULT NULL
)
RETURNS TABLE (
    token_id pg_catalog.text,
    token_name pg_catalog.text,
    token_scope pg_catalog.text,
    requests_per_minute pg_catalog.int4,
    tenant_hk pg_catalog.bytea,
    tenants pg_catalog.text[],
    asked_hk pg_catalog.bytea
)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_token record;
BEGIN
    PERFORM set_config('dbtrack.tenant_token', p_proof, true),
        set_config('statement_timeout', p_statement_timeout, true);
    SELECT t.* INTO v_token FROM script_tracking.proven_token() AS t;
    IF v_token.token_id IS NULL THEN
        RETURN;
    END IF;
    -- What is recorded says which token asked, from where.
    PERFORM set_config('application_name', left(concat_ws(' ', 'dbtrack serve', v_token.token_name, p_client), 63), true);
    token_id := v_token.token_id;
    token_name := v_token.token_name;
    token_scope := v_token.token_scope;
    requests_per_minute := v_token.requests_per_minute;
    tenant_hk := v_token.tenant_hk;
    IF v_token.reaches_hk IS NOT NULL THEN
        tenants := ARRAY(SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h
            WHERE h.tenant_hk = ANY (v_token.reaches_hk) ORDER BY h.tenant_bk);
    END IF;
    IF p_tenant IS NOT NULL THEN
        asked_hk := (SELECT h.tenant_hk FROM script_tracking.tenant_h AS h
            WHERE h.tenant_bk = p_tenant OR encode(h.tenant_hk, 'hex') = lower(p_tenant COLLATE "C")
            ORDER BY h.tenant_bk = p_tenant DESC LIMIT 1);
    END IF;
    RETURN NEXT;
END
$function$;

COMMENT ON FUNCTION script_tracking.act_as_token(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Sets a proof for this transaction, and returns the API token that it proves; asked_hk: the hash key of p_tenant, if the '
    'token reaches it';
