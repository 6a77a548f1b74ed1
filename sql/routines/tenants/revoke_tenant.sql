-- Revokes what grant_tenant gave a role, including its default.
CREATE OR REPLACE FUNCTION script_tracking.revoke_tenant(role_name pg_catalog.name, tenant pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := script_tracking.resolve_tenant(tenant);
BEGIN
    DELETE FROM script_tracking.tenant_role_l AS l
    WHERE l.role_name = revoke_tenant.role_name AND l.tenant_hk = v_tenant_hk;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the role "%" has no grant of the tenant "%"', role_name, tenant
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack tenant list';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.revoke_tenant(pg_catalog.name, pg_catalog.text) IS
    'The members of the role no longer see the tenant''s records, nor record for it';
