-- Module auth, as the installer: determines whether it needs a store of its own, which requires pgcrypto. It does if
-- the platform has no login of its own. Sets dbtrack.auth_store for the migrations.
DO $choose_store$
DECLARE
    v_owner text := (
        SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
    v_schema text;
BEGIN
    PERFORM set_config('dbtrack.auth_store', 'off', true);
    IF NOT EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'module.auth.migration.0001') THEN
        IF script_tracking.auth_platform_routine('login') IS NOT NULL
            OR script_tracking.auth_platform_routine('register') IS NOT NULL THEN
            RETURN;
        END IF;
        IF to_regclass('auth.user_h') IS NOT NULL OR to_regclass('auth.user_auth_s') IS NOT NULL THEN
            RAISE EXCEPTION 'the schema auth has a table user_h or user_auth_s that dbtrack did not make'
                USING ERRCODE = 'DT008', HINT = 'nothing was touched; give the platform''s login as auth.login_user_adapter';
        END IF;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pgcrypto') THEN
        IF NOT EXISTS (SELECT FROM pg_available_extensions AS a WHERE a.name = 'pgcrypto') THEN
            RAISE EXCEPTION 'module auth keeps users in a store of its own, which needs the extension pgcrypto; '
                'this server does not have it, and nothing was installed'
                USING ERRCODE = 'DT008', HINT = 'install PostgreSQL''s contrib modules (the embedded server cannot have them), or let '
                    'your own function check passwords: create auth.login_user_adapter first';
        END IF;
        BEGIN
            CREATE EXTENSION pgcrypto SCHEMA public;
        EXCEPTION WHEN insufficient_privilege OR invalid_schema_name THEN
            RAISE EXCEPTION 'module auth needs the extension pgcrypto, and % may not create it here', current_user
                USING ERRCODE = 'DT004', HINT = 'have a superuser run: CREATE EXTENSION pgcrypto';
        END;
    END IF;
    SELECT n.nspname INTO v_schema
    FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pgcrypto';
    IF NOT has_schema_privilege(v_owner, v_schema, 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', v_schema, v_owner);
    END IF;
    PERFORM set_config('dbtrack.auth_store', 'on', true);
END
$choose_store$;
