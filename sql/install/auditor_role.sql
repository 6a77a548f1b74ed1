-- Creates the role of auditors. It is a member of no other role: SET ROLE must not lead past the policy that notes what an
-- auditor reads (note_auditor). It runs on every install, because earlier versions had no such role.
DO $auditor_role$
DECLARE
    v_operator text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.operator');
    v_owner text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
    v_role text := regexp_replace(v_operator, '_operator$', '_auditor');
BEGIN
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = v_role
               AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin OR r.rolcreaterole OR r.rolcreatedb)) THEN
        RAISE EXCEPTION 'the role % exists and is not a plain NOLOGIN role', v_role
            USING ERRCODE = 'DT006', HINT = 'choose other names with --role-prefix';
    END IF;
    IF to_regrole(quote_ident(v_operator)) IS NOT NULL AND to_regrole(quote_ident(v_role)) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- an install into another database has just made it
            WHEN insufficient_privilege THEN
                RAISE WARNING '% may not create roles: % is missing', current_user, v_role
                    USING HINT = 'dbtrack auditor needs it; give it CREATEROLE and install again';
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'role.auditor') THEN
        EXECUTE format('SET LOCAL ROLE %I', v_owner);
        INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('role.auditor', v_role);
        RESET ROLE;
    END IF;
END
$auditor_role$;
