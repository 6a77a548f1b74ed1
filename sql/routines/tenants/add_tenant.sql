-- Adds a tenant and returns its hash key.
CREATE OR REPLACE FUNCTION script_tracking.add_tenant(
    tenant_bk pg_catalog."varchar",
    tenant_name pg_catalog."varchar" DEFAULT NULL
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := script_tracking.calculate_hash_key(tenant_bk);
    v_name pg_catalog."varchar" := coalesce(tenant_name, tenant_bk);
BEGIN
    IF script_tracking.tenant_source() = 'auth.tenant_h' THEN
        RAISE EXCEPTION 'the tenants of this database are those of auth.tenant_h'
            USING ERRCODE = 'DT006', HINT = 'add it there, then run: dbtrack tenant sync';
    END IF;
    IF coalesce(btrim(tenant_bk), '') = '' OR length(tenant_bk) > 100 OR length(v_name) > 255 THEN
        RAISE EXCEPTION 'a tenant''s key must have 1 to 100 characters, its name at most 255' USING ERRCODE = 'DT006';
    END IF;
    INSERT INTO script_tracking.tenant_h AS h (tenant_hk, tenant_bk, record_source)
    VALUES (v_tenant_hk, tenant_bk, script_tracking.record_source('add_tenant'))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is a tenant "%" already', tenant_bk USING ERRCODE = 'DT006', HINT = 'dbtrack tenant list';
    END IF;
    PERFORM script_tracking.add_tenant_version(v_tenant_hk, v_name, true, 'add_tenant');
    RETURN v_tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_tenant(pg_catalog."varchar", pg_catalog."varchar") IS
    'Adds a tenant and returns its hash key';
