-- Logs a user in and records the attempt, whatever the result. search_path is not pinned, because the platform's
-- function must see its caller's. Every name here is qualified, and nobody gains rights by calling this.
CREATE OR REPLACE FUNCTION auth.login_user_tracking(
    email pg_catalog."varchar",
    password pg_catalog."varchar",
    tenant_hk pg_catalog.bytea
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
AS $function$
BEGIN
    RETURN script_tracking.auth_run('login', email, password, tenant_hk, NULL, pg_catalog.current_setting('search_path'));
END
$function$;

COMMENT ON FUNCTION auth.login_user_tracking(pg_catalog."varchar", pg_catalog."varchar", pg_catalog.bytea) IS
    'Logs a user in through the platform''s auth.login_user, or dbtrack''s own store, and records the attempt: {"success": true|false}';
