-- Returns the name under which a change of one of dbtrack's own tables is recorded: that of the command that makes it.
CREATE OR REPLACE FUNCTION script_tracking.administration_name(
    p_table_name pg_catalog.text,
    p_old pg_catalog.jsonb,
    p_new pg_catalog.jsonb
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN 'dbtrack ' || CASE p_table_name
        WHEN 'setting' THEN 'settings'
        WHEN 'installation' THEN CASE coalesce(p_new, p_old) ->> 'property'
            WHEN 'dbtrack.version' THEN 'install' WHEN 'tenant.source' THEN 'tenant source' ELSE 'roles' END
        WHEN 'tenant_h' THEN 'tenant remove'
        WHEN 'tenant_s' THEN CASE
            WHEN p_old IS NULL THEN 'tenant add'
            WHEN p_new IS NULL THEN 'tenant remove'
            WHEN p_old -> 'is_active' = p_new -> 'is_active' THEN 'tenant rename'
            WHEN p_new -> 'is_active' = 'true' THEN 'tenant enable' ELSE 'tenant disable' END
        WHEN 'tenant_role_l' THEN CASE
            WHEN p_new IS NULL THEN 'tenant revoke'
            WHEN p_new -> 'is_default' = 'true' THEN 'tenant default'
            WHEN p_old IS NULL THEN 'tenant grant' ELSE 'tenant undefault' END
        WHEN 'tenant_schema_l' THEN CASE WHEN p_new IS NULL THEN 'tenant unmap-schema' ELSE 'tenant map-schema' END
        WHEN 'tenant_key' THEN CASE
            WHEN p_new IS NULL THEN 'tenant key drop'
            WHEN p_old IS NULL AND p_new -> 'version' = '1' THEN 'tenant key create'
            ELSE 'tenant key rotate' END
        WHEN 'alert' THEN CASE
            WHEN p_old IS NULL THEN 'alert add'
            WHEN p_new IS NULL THEN 'alert remove'
            WHEN p_new ? 'silenced_until' THEN 'alert silence' ELSE 'alert unsilence' END
        WHEN 'api_token' THEN CASE WHEN p_old IS NULL THEN 'token create' ELSE 'token revoke' END
        WHEN 'execution_resolution_s' THEN 'resolve'
        WHEN 'auditor' THEN CASE WHEN p_old IS NULL THEN 'auditor add' ELSE 'auditor remove' END
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.administration_name(pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb) IS
    'The name under which a change of one of dbtrack''s own tables is recorded';
