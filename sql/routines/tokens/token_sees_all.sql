-- Returns whether this transaction proved an API token for everything: row security then shows the members of the role
-- for the API all rows. Of the tables that only administrators read, a token with the scope admin shows more.
CREATE OR REPLACE FUNCTION script_tracking.token_sees_all(p_scopes pg_catalog.text[] DEFAULT NULL)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN coalesce(current_setting('dbtrack.tenant_token', true) LIKE '%.0.all.%', false) AND EXISTS (
        SELECT FROM script_tracking.proven_token() AS t
        WHERE t.reaches_hk IS NULL AND (p_scopes IS NULL OR t.token_scope = ANY (p_scopes)));
END
$function$;

COMMENT ON FUNCTION script_tracking.token_sees_all(pg_catalog.text[]) IS
    'Whether this transaction proved an API token for all tenants and the platform; p_scopes: with one of these scopes';
