-- Refuses to record for an API token that may only read, or that has several tenants of which the transaction proved no
-- single one: what it records would otherwise belong to the platform. Returns the tenant that the token acts for; NULL:
-- the platform, or no token is proven.
CREATE OR REPLACE FUNCTION script_tracking.check_writing_token()
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_token record;
BEGIN
    SELECT t.* INTO v_token FROM script_tracking.proven_token() AS t;
    IF v_token.token_scope = 'read' THEN
        RAISE EXCEPTION 'the token "%" may only read', v_token.token_name
            USING ERRCODE = 'DT004', HINT = 'it needs the scope write';
    ELSIF v_token.reaches_hk IS NOT NULL AND v_token.tenant_hk IS NULL THEN
        RAISE EXCEPTION 'the token "%" has several tenants', v_token.token_name
            USING ERRCODE = 'DT004', HINT = 'prove one of them to record for it';
    END IF;
    RETURN v_token.tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_writing_token() IS
    'The tenant for which an API token records; refuses one that may only read, or that has several tenants';
