-- Notes something that does not agree in what a source pushed. What is noted already and still open is noted once.
CREATE OR REPLACE FUNCTION script_tracking.note_vault_finding(
    p_source_name pg_catalog.text,
    p_kind pg_catalog.text,
    p_subject pg_catalog.text,
    p_details pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.vault_finding AS f (source_name, finding_kind, subject, details)
    VALUES (p_source_name, p_kind, left(p_subject, 200), left(p_details, 2000))
    ON CONFLICT (source_name, finding_kind, subject) WHERE accepted_at IS NULL
    DO UPDATE SET last_found_at = clock_timestamp()
$function$;

COMMENT ON FUNCTION script_tracking.note_vault_finding(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Notes what does not agree in what a source pushed; for the functions of this schema';
