-- Creates the role for the login of `dbtrack serve`: an operator who, in a transaction that proved an API token for
-- everything, also sees the records of all tenants and of the platform (token_policy). It runs on every install, because
-- earlier versions had no such role.
DO $api_role$
DECLARE
    v_operator text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.operator');
    v_owner text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
    v_role text := regexp_replace(v_operator, '_operator$', '_api');
BEGIN
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = v_role
               AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin OR r.rolcreaterole OR r.rolcreatedb)) THEN
        RAISE EXCEPTION 'the role % exists and is not a plain NOLOGIN role', v_role
            USING ERRCODE = 'DT006', HINT = 'choose other names with --role-prefix';
    END IF;
    IF to_regrole(quote_ident(v_operator)) IS NOT NULL THEN
        BEGIN
            IF to_regrole(quote_ident(v_role)) IS NULL THEN
                BEGIN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    NULL; -- an install into another database has just made it
                END;
            END IF;
            IF NOT pg_has_role(v_role, v_operator, 'MEMBER') THEN
                EXECUTE format('GRANT %I TO %I', v_operator, v_role);
            END IF;
        EXCEPTION WHEN insufficient_privilege OR unique_violation THEN
            RAISE WARNING '% may not create roles: % is missing', current_user, v_role
                USING HINT = 'dbtrack serve needs it; give it CREATEROLE and install again';
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'role.api') THEN
        EXECUTE format('SET LOCAL ROLE %I', v_owner);
        INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('role.api', v_role);
        RESET ROLE;
    END IF;
END
$api_role$;
