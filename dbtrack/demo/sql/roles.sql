-- Roles belong to the whole server and outlive the demonstration's schemas: made where they are missing.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['shop_deploy', 'billing_deploy', 'telemetry_deploy'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', v_role);
        END IF;
        EXECUTE format('GRANT CREATE ON DATABASE postgres TO %I', v_role);
        -- What a CI job needs to record its own operations.
        EXECUTE format('GRANT dbtrack_operator TO %I', v_role);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst') THEN
        CREATE ROLE analyst NOLOGIN;
    END IF;
END;
$$;
