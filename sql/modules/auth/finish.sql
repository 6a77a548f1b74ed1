-- Module auth, as the installer: the owner no longer needs the right to create objects in a schema of the platform's.
DO $finish$
DECLARE
    v_owner text := (
        SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
BEGIN
    IF NOT (SELECT n.nspowner = quote_ident(v_owner)::regrole FROM pg_namespace AS n WHERE n.nspname = 'auth') THEN
        EXECUTE format('REVOKE CREATE ON SCHEMA auth FROM %I', v_owner);
    END IF;
END
$finish$;
