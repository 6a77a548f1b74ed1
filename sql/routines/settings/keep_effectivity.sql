-- Appends what is valid from now on for a setting, for a role's grant or for a schema. A row whose key changed ends
-- under the old key and begins under the new one.
CREATE OR REPLACE FUNCTION script_tracking.keep_effectivity(
    p_table_name pg_catalog.text,
    p_old pg_catalog.jsonb,
    p_new pg_catalog.jsonb,
    p_execution_hk pg_catalog.bytea
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_source CONSTANT pg_catalog.text := script_tracking.record_source('administration');
BEGIN
    IF p_table_name = 'setting' THEN
        INSERT INTO script_tracking.setting_s
            (setting_name, load_date, setting_value, changed_by, script_execution_hk, record_source)
        SELECT r.row ->> 'setting_name', v_now, CASE WHEN r.is_new THEN r.row ->> 'setting_value' END, session_user,
            p_execution_hk, v_source
        FROM (VALUES (p_old, false), (p_new, true)) AS r (row, is_new)
        WHERE r.row IS NOT NULL AND (r.is_new OR p_new IS NULL OR p_old -> 'setting_name' <> p_new -> 'setting_name');
    ELSIF p_table_name = 'tenant_role_l' THEN
        INSERT INTO script_tracking.tenant_role_es
            (tenant_hk, role_name, load_date, is_granted, is_default, changed_by, script_execution_hk, record_source)
        SELECT (r.row ->> 'tenant_hk')::pg_catalog.bytea, r.row ->> 'role_name', v_now, r.is_new,
            r.is_new AND (r.row ->> 'is_default')::pg_catalog.bool, session_user, p_execution_hk, v_source
        FROM (VALUES (p_old, false), (p_new, true)) AS r (row, is_new)
        WHERE r.row IS NOT NULL AND (r.is_new OR p_new IS NULL OR p_old -> 'role_name' <> p_new -> 'role_name'
            OR p_old -> 'tenant_hk' <> p_new -> 'tenant_hk');
    ELSIF p_table_name = 'tenant_schema_l' THEN
        INSERT INTO script_tracking.tenant_schema_es
            (schema_name, load_date, tenant_hk, changed_by, script_execution_hk, record_source)
        SELECT r.row ->> 'schema_name', v_now, CASE WHEN r.is_new THEN (r.row ->> 'tenant_hk')::pg_catalog.bytea END,
            session_user, p_execution_hk, v_source
        FROM (VALUES (p_old, false), (p_new, true)) AS r (row, is_new)
        WHERE r.row IS NOT NULL AND (r.is_new OR p_new IS NULL OR p_old -> 'schema_name' <> p_new -> 'schema_name');
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.keep_effectivity(
    pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.bytea) IS
    'Appends what is valid from now on for a setting, for a role''s grant or for a schema';
