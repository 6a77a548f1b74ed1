-- Adds the tenants of a source that are new here: a JSON array of objects with hk, bk and name, where hk and bk are null for
-- rows without a tenant. The key here is SOURCE/TENANT, so that tenants of two sources with one name stay apart. One that
-- would be too long ends with a hash.
CREATE OR REPLACE FUNCTION script_tracking.vault_tenants(p_source_name pg_catalog.text, p_tenants pg_catalog.json)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant record;
    v_bk pg_catalog.text;
    v_hk pg_catalog.bytea;
BEGIN
    FOR v_tenant IN
        SELECT t.hk, t.bk, t.name
        FROM json_to_recordset(p_tenants) AS t (hk pg_catalog.bytea, bk pg_catalog.text, name pg_catalog.text)
        -- IS NOT DISTINCT FROM would not use the index.
        WHERE NOT EXISTS (SELECT FROM script_tracking.vault_tenant AS v
                WHERE v.source_name = p_source_name AND v.source_tenant_hk = t.hk)
            AND NOT (t.hk IS NULL AND EXISTS (SELECT FROM script_tracking.vault_tenant AS v
                WHERE v.source_name = p_source_name AND v.source_tenant_hk IS NULL))
    LOOP
        v_bk := p_source_name || coalesce('/' || coalesce(v_tenant.bk, encode(v_tenant.hk, 'hex')), '');
        IF length(v_bk) > 100 THEN
            v_bk := left(v_bk, 83) || '~' || left(encode(sha256(convert_to(v_bk, 'UTF8')), 'hex'), 16);
        END IF;
        v_hk := script_tracking.calculate_hash_key(v_bk::pg_catalog."varchar");
        INSERT INTO script_tracking.tenant_h (tenant_hk, tenant_bk, record_source)
        VALUES (v_hk, v_bk, script_tracking.record_source('vault'))
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is a tenant "%" already, which is not of the source %', v_bk, p_source_name
                USING ERRCODE = 'DT006', HINT = 'choose another name for the source';
        END IF;
        PERFORM script_tracking.add_tenant_version(v_hk,
            left(p_source_name || coalesce(': ' || coalesce(v_tenant.name, v_tenant.bk), ''), 255)::pg_catalog."varchar",
            true, 'vault');
        INSERT INTO script_tracking.vault_tenant (tenant_hk, source_name, source_tenant_hk)
        VALUES (v_hk, p_source_name, v_tenant.hk);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_tenants(pg_catalog.text, pg_catalog.json) IS
    'Adds the tenants of a source that are new here; for the functions of this schema';
