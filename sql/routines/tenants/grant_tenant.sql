-- Lets the members of the role see the tenant's records and record for it; is_default: the role's work belongs to the
-- tenant.
CREATE OR REPLACE FUNCTION script_tracking.grant_tenant(
    role_name pg_catalog.name,
    tenant pg_catalog.text,
    is_default pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := script_tracking.resolve_tenant(tenant);
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = grant_tenant.role_name) THEN
        RAISE EXCEPTION 'there is no role "%"', role_name USING ERRCODE = 'DT006', HINT = 'CREATE ROLE it first';
    END IF;
    IF is_default THEN
        UPDATE script_tracking.tenant_role_l AS l SET is_default = false
        WHERE l.role_name = grant_tenant.role_name AND l.is_default;
    END IF;
    INSERT INTO script_tracking.tenant_role_l AS l (tenant_hk, role_name, is_default, record_source)
    VALUES (v_tenant_hk, grant_tenant.role_name, grant_tenant.is_default, script_tracking.record_source('grant_tenant'))
    ON CONFLICT ON CONSTRAINT tenant_role_l_pkey DO UPDATE SET is_default = l.is_default OR excluded.is_default;
END
$function$;

COMMENT ON FUNCTION script_tracking.grant_tenant(pg_catalog.name, pg_catalog.text, pg_catalog.bool) IS
    'Lets the members of a role see a tenant''s records and record for it';
