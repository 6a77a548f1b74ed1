-- Module auth, as the installer: creates the schema, which may be the platform's own, and gives the owner the right to
-- create objects in it.
DO $prepare$
DECLARE
    v_owner text := (
        SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
BEGIN
    IF to_regnamespace('auth') IS NULL THEN
        EXECUTE format('CREATE SCHEMA auth AUTHORIZATION %I', v_owner);
    ELSIF NOT has_schema_privilege(v_owner, 'auth', 'CREATE') OR NOT has_schema_privilege(v_owner, 'auth', 'USAGE') THEN
        BEGIN
            EXECUTE format('GRANT USAGE, CREATE ON SCHEMA auth TO %I', v_owner);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL; -- what counts is checked below
        END;
    END IF;
    IF NOT has_schema_privilege(v_owner, 'auth', 'CREATE') THEN
        RAISE EXCEPTION '% may not add functions to the schema auth', current_user
            USING ERRCODE = 'DT004', HINT = format('GRANT USAGE, CREATE ON SCHEMA auth TO %I', v_owner);
    END IF;
END
$prepare$;
