-- Lists the tokens of the API, without their secrets; the revoked and expired ones last.
CREATE OR REPLACE FUNCTION script_tracking.list_api_tokens()
RETURNS TABLE (
    token_name pg_catalog."varchar",
    token_id pg_catalog."varchar",
    token_scope pg_catalog."varchar",
    tenants pg_catalog.text[],
    requests_per_minute pg_catalog.int4,
    created_at pg_catalog.timestamptz,
    created_by pg_catalog.name,
    expires_at pg_catalog.timestamptz,
    token_status pg_catalog.text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.token_name, t.token_id, t.token_scope,
        CASE WHEN t.proves_hk IS NOT NULL THEN
            ARRAY(SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h
                  WHERE h.tenant_hk = ANY (t.proves_hk) ORDER BY 1) END,
        t.requests_per_minute, t.created_at, t.created_by, t.expires_at,
        CASE WHEN t.revoked_at IS NOT NULL THEN 'REVOKED' WHEN t.expires_at <= statement_timestamp() THEN 'EXPIRED'
            ELSE 'VALID' END
    FROM script_tracking.api_token AS t
    ORDER BY t.revoked_at IS NOT NULL OR coalesce(t.expires_at <= statement_timestamp(), false), t.token_name, t.created_at
$function$;

COMMENT ON FUNCTION script_tracking.list_api_tokens() IS
    'The tokens of the API, never the secrets; tenants: NULL for everything; token_status: VALID, EXPIRED or REVOKED';
