-- Returns what was found of the sources that the caller sees, the latest first.
CREATE OR REPLACE FUNCTION script_tracking.get_vault_findings(p_source_name pg_catalog.text DEFAULT NULL)
RETURNS TABLE (
    source_name pg_catalog.text,
    finding_kind pg_catalog.text,
    subject pg_catalog.text,
    details pg_catalog.text,
    found_at pg_catalog.timestamptz,
    last_found_at pg_catalog.timestamptz,
    accepted_at pg_catalog.timestamptz,
    accepted_by pg_catalog.text,
    reason pg_catalog.text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT f.source_name::pg_catalog.text, f.finding_kind::pg_catalog.text, f.subject, f.details, f.found_at, f.last_found_at,
        f.accepted_at, f.accepted_by::pg_catalog.text, f.reason
    FROM script_tracking.vault_finding AS f
    WHERE (p_source_name IS NULL OR f.source_name = p_source_name)
        AND f.source_name IN (SELECT s.source_name FROM script_tracking.get_vault_sources() AS s)
    ORDER BY f.accepted_at IS NOT NULL, f.last_found_at DESC, f.finding_id DESC
$function$;

COMMENT ON FUNCTION script_tracking.get_vault_findings(pg_catalog.text) IS 'What does not agree in what the sources pushed';
