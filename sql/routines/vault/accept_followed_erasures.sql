-- Accepts the findings of erasures of a source that were followed: a JSON array of the keys of its records of them.
CREATE OR REPLACE FUNCTION script_tracking.accept_followed_erasures(p_source_name pg_catalog.text, p_erasures pg_catalog.json)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    UPDATE script_tracking.vault_finding AS f
    SET accepted_at = clock_timestamp(), accepted_by = session_user, reason = 'erased here, too: the source may have its erasures followed'
    WHERE f.source_name = p_source_name AND f.finding_kind = 'erasure' AND f.accepted_at IS NULL
        AND f.subject IN (SELECT e.key FROM json_array_elements_text(p_erasures) AS e (key))
$function$;

COMMENT ON FUNCTION script_tracking.accept_followed_erasures(pg_catalog.text, pg_catalog.json) IS
    'Accepts the findings of erasures that were followed; for the functions of this schema';
