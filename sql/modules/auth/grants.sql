-- Module auth: sets all privileges. It runs on every install. A role that may record its own operations may call the
-- wrappers, and the functions that they call in its name; nobody may call functions that write what somebody claims.
-- Only the owner can read password hashes.
DO $grants$
DECLARE
    c_internal constant text[] := ARRAY['auth_store_version', 'auth_store_record', 'auth_store_judge',
        'auth_store_rehash', 'auth_crypt'];
    c_admin constant text[] := ARRAY['auth_set_active'];
    v_role record;
    v_routine record;
    v_table text;
    v_policy record;
BEGIN
    SELECT max(i.property_value) FILTER (WHERE i.property_name = 'role.owner') AS owner,
        max(i.property_value) FILTER (WHERE i.property_name = 'role.operator') AS operator,
        max(i.property_value) FILTER (WHERE i.property_name = 'role.admin') AS admin
    INTO v_role
    FROM script_tracking.installation AS i;
    FOR v_routine IN
        SELECT p.oid::regprocedure::text AS signature, p.proname::text AS name
        FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proowner = current_user::regrole
                AND starts_with(p.proname::text, 'auth_')
            OR p.pronamespace = 'auth'::regnamespace AND p.proowner = current_user::regrole
                AND p.proname IN ('login_user_tracking', 'register_user_tracking')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_routine.signature);
        IF v_routine.name <> ALL (c_internal) AND to_regrole(quote_ident(v_role.admin)) IS NOT NULL THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_routine.signature, v_role.admin);
        END IF;
        IF v_routine.name <> ALL (c_internal || c_admin) AND to_regrole(quote_ident(v_role.operator)) IS NOT NULL THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_routine.signature, v_role.operator);
        END IF;
    END LOOP;
    IF to_regrole(quote_ident(v_role.admin)) IS NULL OR to_regrole(quote_ident(v_role.operator)) IS NULL THEN
        RETURN; -- grants.sql of the core has warned
    END IF;
    IF (SELECT n.nspowner = current_user::regrole FROM pg_namespace AS n WHERE n.nspname = 'auth') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA auth TO %I, %I', v_role.operator, v_role.admin);
    END IF;
    IF NOT EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'module.auth.migration.0001') THEN
        RETURN;
    END IF;
    FOREACH v_table IN ARRAY ARRAY['user_h', 'user_auth_s'] LOOP
        EXECUTE format('REVOKE ALL ON auth.%I FROM PUBLIC', v_table);
        -- Not forced: see install/row_security.sql.
        EXECUTE format('ALTER TABLE auth.%I ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', v_table);
        FOR v_policy IN
            SELECT p.name, p.command, p.expression, p.role_name
            FROM (VALUES
                ('owner_policy', v_role.owner, 'ALL', 'true'),
                ('operator_policy', v_role.operator, 'SELECT',
                 'tenant_hk = ANY ((SELECT script_tracking.caller_tenants())::pg_catalog.bytea[])'),
                ('admin_policy', v_role.admin, 'SELECT', 'true')) AS p (name, role_name, command, expression)
            WHERE NOT EXISTS (SELECT FROM pg_policy AS y
                WHERE y.polrelid = format('auth.%I', v_table)::regclass AND y.polname = p.name)
        LOOP
            EXECUTE format('CREATE POLICY %I ON auth.%I FOR %s TO %I USING (%s)', v_policy.name, v_table,
                v_policy.command, v_policy.role_name, v_policy.expression);
        END LOOP;
    END LOOP;
    EXECUTE format('GRANT SELECT ON auth.user_h TO %I, %I', v_role.operator, v_role.admin);
    EXECUTE format('GRANT SELECT (user_hk, load_date, load_end_date, tenant_hk, failed_count, locked_until, is_active, '
        'record_source) ON auth.user_auth_s TO %I, %I', v_role.operator, v_role.admin);
END
$grants$;
