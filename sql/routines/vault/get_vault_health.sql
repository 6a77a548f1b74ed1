-- Reports the sources of the vault that are silent, or whose record does not agree with what had arrived. No row where there
-- are no sources.
CREATE OR REPLACE FUNCTION script_tracking.get_vault_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT 'vault', 'source ' || s.source_name, s.current_status, s.details
    FROM script_tracking.get_vault_sources() AS s
$function$;

COMMENT ON FUNCTION script_tracking.get_vault_health() IS 'The part of get_system_health that is about the sources of a vault';
