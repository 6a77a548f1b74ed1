-- Returns the tenant of the caller's work now: the one that its transaction proved, otherwise its login's default.
CREATE OR REPLACE FUNCTION script_tracking.own_tenant()
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN coalesce(
        CASE WHEN current_setting('dbtrack.tenant_token', true) <> '' THEN script_tracking.proven_tenant() END,
        (SELECT l.tenant_hk FROM script_tracking.tenant_role_l AS l
         WHERE l.role_name = session_user AND l.is_default));
END
$function$;

COMMENT ON FUNCTION script_tracking.own_tenant() IS
    'The tenant that the transaction proved, otherwise the default tenant of the login';
