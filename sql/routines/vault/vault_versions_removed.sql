-- Returns up to when cleanups of a source removed versions of objects there; NULL: none did. Asked for only if versions are not here.
CREATE OR REPLACE FUNCTION script_tracking.vault_versions_removed(p_source_name pg_catalog.text)
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT max((s.metadata ->> 'versions_cutoff')::pg_catalog.timestamptz)
    FROM script_tracking.script_execution_s AS s
    JOIN script_tracking.vault_tenant AS t ON t.tenant_hk = s.tenant_hk
    WHERE t.source_name = p_source_name AND t.source_tenant_hk IS NULL AND s.script_type = 'MAINTENANCE'
        AND s.script_name = 'dbtrack cleanup' AND s.record_source LIKE 'cleanup@%' AND s.metadata ? 'versions_cutoff'
$function$;

COMMENT ON FUNCTION script_tracking.vault_versions_removed(pg_catalog.text) IS
    'Up to when cleanups of a source removed versions of objects; for the functions of this schema';
