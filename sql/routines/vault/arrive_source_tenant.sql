-- Adds a tenant that a subscription of a vault brings, or its new name, as a tenant of the source.
CREATE OR REPLACE FUNCTION script_tracking.arrive_source_tenant(
    p_source_name pg_catalog.text,
    p_table_name pg_catalog.name,
    p_row pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_table_name = 'tenant_h' THEN
        PERFORM script_tracking.vault_tenants(p_source_name, json_build_array(json_build_object(
            'hk', p_row ->> 'tenant_hk', 'bk', p_row ->> 'tenant_bk', 'name', p_row ->> 'tenant_bk')));
    ELSIF p_table_name = 'tenant_s' AND p_row ->> 'load_end_date' IS NULL THEN
        PERFORM script_tracking.add_tenant_version(
            script_tracking.arrival_tenant(p_source_name, (p_row ->> 'tenant_hk')::pg_catalog.bytea),
            left(p_source_name || ': ' || (p_row ->> 'tenant_name'), 255)::pg_catalog."varchar",
            (p_row ->> 'is_active')::pg_catalog.bool, 'vault');
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_source_tenant(pg_catalog.text, pg_catalog.name, pg_catalog.jsonb) IS
    'Adds a tenant of a source that a subscription brings, or its new name';
