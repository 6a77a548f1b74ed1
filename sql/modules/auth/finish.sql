-- Module auth, as the installer: in a schema of the platform's the owner needs no right to add things any more.
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
