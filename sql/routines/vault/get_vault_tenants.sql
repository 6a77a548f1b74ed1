-- Returns which tenants stand for which tenants of the sources, of those that the caller sees; for dbtrack verify.
-- objects_are_whole: each execution of the source that has versions of objects sent them.
CREATE OR REPLACE FUNCTION script_tracking.get_vault_tenants()
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    source_name pg_catalog.text,
    source_tenant_hk pg_catalog.bytea,
    objects_are_whole pg_catalog.bool
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.tenant_hk, t.source_name::pg_catalog.text, t.source_tenant_hk, coalesce(s.objects_are_whole, false)
    FROM script_tracking.vault_tenant AS t
    JOIN script_tracking.vault_source AS s ON s.source_name = t.source_name
    WHERE (SELECT script_tracking.caller_may_administer()) OR (SELECT script_tracking.auditor_sees_all())
        OR t.tenant_hk = ANY ((SELECT script_tracking.caller_tenants())::pg_catalog.bytea[])
$function$;

COMMENT ON FUNCTION script_tracking.get_vault_tenants() IS 'Which tenants stand for which tenants of the sources of the vault';
