-- Returns which columns of a row of dbtrack's own tables are recorded when it changes; NULL if the row is not an
-- administrator's matter. The columns are listed by name: the secret of a key is never among them.
CREATE OR REPLACE FUNCTION script_tracking.administration_value(
    p_table_name pg_catalog.text,
    p_row pg_catalog.jsonb
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant pg_catalog.text := (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h
        WHERE h.tenant_hk = (p_row ->> 'tenant_hk')::pg_catalog.bytea);
BEGIN
    RETURN CASE p_table_name
        WHEN 'setting' THEN jsonb_build_object('setting', p_row -> 'setting_name',
            'value', script_tracking.redact_message(p_row ->> 'setting_value'))
        WHEN 'installation' THEN
            CASE WHEN p_row ->> 'property_name' ~ '^(dbtrack\.version|tenant\.source|role\..*)$' THEN
                jsonb_build_object('property', p_row -> 'property_name', 'value', p_row -> 'property_value') END
        WHEN 'tenant_h' THEN jsonb_build_object('tenant', p_row -> 'tenant_bk',
            'key', encode((p_row ->> 'tenant_hk')::pg_catalog.bytea, 'hex'))
        WHEN 'tenant_s' THEN jsonb_build_object('tenant', v_tenant, 'name', p_row -> 'tenant_name',
            'is_active', p_row -> 'is_active')
        WHEN 'tenant_role_l' THEN jsonb_build_object('role', p_row -> 'role_name', 'tenant', v_tenant,
            'is_default', p_row -> 'is_default')
        WHEN 'tenant_schema_l' THEN jsonb_build_object('schema', p_row -> 'schema_name', 'tenant', v_tenant)
        WHEN 'tenant_key' THEN jsonb_build_object('key', p_row -> 'key_name', 'version', p_row -> 'key_version',
            'expires_at', p_row -> 'expires_at', 'tenants', (
                SELECT jsonb_agg(h.tenant_bk ORDER BY h.tenant_bk)
                FROM jsonb_array_elements_text(nullif(p_row -> 'proves_hk', 'null')) AS k (hash_key)
                JOIN script_tracking.tenant_h AS h ON h.tenant_hk = k.hash_key::pg_catalog.bytea))
        WHEN 'alert' THEN jsonb_strip_nulls(jsonb_build_object('alert', p_row -> 'alert_name', 'tenant', v_tenant,
            'report', p_row -> 'report_name', 'condition', script_tracking.redact_message(p_row ->> 'condition'),
            'severity', p_row -> 'severity', 'endpoints', p_row -> 'endpoints', 'silenced_until', p_row -> 'silenced_until',
            'silence_reason', p_row -> 'silence_reason'))
        WHEN 'execution_resolution_s' THEN jsonb_strip_nulls(jsonb_build_object(
            'execution', encode((p_row ->> 'script_execution_hk')::pg_catalog.bytea, 'hex'), 'tenant', v_tenant,
            'is_resolved', p_row -> 'is_resolved', 'reason', p_row -> 'reason', 'resolved_by', p_row -> 'resolved_by'))
        WHEN 'auditor' THEN jsonb_build_object('login', p_row -> 'login_name', 'expires_at', p_row -> 'expires_at',
            'removed_at', p_row -> 'removed_at', 'tenants', (
                SELECT jsonb_agg(h.tenant_bk ORDER BY h.tenant_bk)
                FROM jsonb_array_elements_text(nullif(p_row -> 'reaches_hk', 'null')) AS k (hash_key)
                JOIN script_tracking.tenant_h AS h ON h.tenant_hk = k.hash_key::pg_catalog.bytea))
        WHEN 'api_token' THEN jsonb_build_object('token', p_row -> 'token_name', 'scope', p_row -> 'token_scope',
            'expires_at', p_row -> 'expires_at', 'revoked_at', p_row -> 'revoked_at', 'tenants', (
                SELECT jsonb_agg(h.tenant_bk ORDER BY h.tenant_bk)
                FROM jsonb_array_elements_text(nullif(p_row -> 'proves_hk', 'null')) AS k (hash_key)
                JOIN script_tracking.tenant_h AS h ON h.tenant_hk = k.hash_key::pg_catalog.bytea))
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.administration_value(pg_catalog.text, pg_catalog.jsonb) IS
    'The part of a row of dbtrack''s own tables that is recorded when it changes; never a secret';
