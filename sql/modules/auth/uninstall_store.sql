-- Module auth: drops its own store with its users; the schema too, if it was created for the store and contains nothing
-- else. pgcrypto stays, because others may use it by now.
DO $uninstall_store$
BEGIN
    IF EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'module.auth.migration.0001') THEN
        DROP TABLE auth.user_auth_s, auth.user_h CASCADE; -- as uninstall.sql says
    END IF;
    IF (SELECT n.nspowner = c.relowner FROM pg_namespace AS n, pg_class AS c
        WHERE n.nspname = 'auth' AND c.oid = 'script_tracking.installation'::regclass) THEN
        BEGIN
            DROP SCHEMA auth;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            NULL;
        END;
    END IF;
END
$uninstall_store$;
