-- Assigns DDL in the schema to the tenant; NULL ends that.
CREATE OR REPLACE FUNCTION script_tracking.map_tenant_schema(schema_name pg_catalog.name, tenant pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF tenant IS NULL THEN
        DELETE FROM script_tracking.tenant_schema_l AS l WHERE l.schema_name = map_tenant_schema.schema_name;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the schema "%" does not belong to a tenant', schema_name
                USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack tenant list';
        END IF;
        RETURN;
    END IF;
    -- One row that changes, and so one record of it with the previous tenant.
    INSERT INTO script_tracking.tenant_schema_l AS l (schema_name, tenant_hk, record_source)
    VALUES (map_tenant_schema.schema_name, script_tracking.resolve_tenant(tenant),
        script_tracking.record_source('map_tenant_schema'))
    ON CONFLICT ON CONSTRAINT tenant_schema_l_pkey DO UPDATE
    SET tenant_hk = excluded.tenant_hk, load_date = excluded.load_date, record_source = excluded.record_source;
END
$function$;

COMMENT ON FUNCTION script_tracking.map_tenant_schema(pg_catalog.name, pg_catalog.text) IS
    'DDL in this schema belongs to the tenant from now on; a NULL tenant ends that';
