-- Makes this database a vault: creates the role of the logins that push into it. It runs with `dbtrack vault install` only.
DO $vault_role$
DECLARE
    v_operator text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.operator');
    v_owner text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
    v_role text := regexp_replace(v_operator, '_operator$', '_vault');
BEGIN
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = v_role
               AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin OR r.rolcreaterole OR r.rolcreatedb)) THEN
        RAISE EXCEPTION 'the role % exists and is not a plain NOLOGIN role', v_role
            USING ERRCODE = 'DT006', HINT = 'choose other names with --role-prefix';
    END IF;
    IF to_regrole(quote_ident(v_role)) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- an install into another database has just made it
        END;
    END IF;
    EXECUTE format('SET LOCAL ROLE %I', v_owner);
    INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('role.vault', v_role)
    ON CONFLICT DO NOTHING;
    RESET ROLE;
END
$vault_role$;
