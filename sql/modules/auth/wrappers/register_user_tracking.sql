-- Registers a user and records the attempt, whatever the result. search_path: as in login_user_tracking.
CREATE OR REPLACE FUNCTION auth.register_user_tracking(user_data pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
AS $function$
BEGIN
    RETURN script_tracking.auth_run('register', pg_catalog.jsonb_extract_path_text(user_data, 'email'),
        pg_catalog.jsonb_extract_path_text(user_data, 'password'),
        script_tracking.auth_claimed_tenant(user_data), user_data, pg_catalog.current_setting('search_path'));
END
$function$;

COMMENT ON FUNCTION auth.register_user_tracking(pg_catalog.jsonb) IS
    'Registers a user through the platform''s auth.register_user, or in dbtrack''s own store, and records the attempt';
