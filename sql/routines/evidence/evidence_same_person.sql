-- Returns whether who approved a change also made it: is the login, started the CI run, or wrote the commit. Names are compared
-- as they are and without what follows the @ of an address; of "Carol <carol@example.com>" the address counts.
CREATE OR REPLACE FUNCTION script_tracking.evidence_same_person(
    p_approver pg_catalog.text,
    p_login pg_catalog.text,
    p_actor pg_catalog.text,
    p_author pg_catalog.text
)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(bool_or(a.name = m.name), false)
    FROM (SELECT split_part(lower(btrim(coalesce(substring(u.name, '<([^<>]+)>\s*$'), u.name)) COLLATE "C"), '@', 1) AS name
        FROM string_to_table(p_approver, ',') AS u (name)) AS a
    CROSS JOIN (SELECT split_part(lower(btrim(coalesce(substring(u.name, '<([^<>]+)>\s*$'), u.name)) COLLATE "C"), '@', 1) AS name
        FROM unnest(ARRAY[p_login, p_actor, p_author]) AS u (name)) AS m
    WHERE a.name <> ''
$function$;

COMMENT ON FUNCTION script_tracking.evidence_same_person(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Whether who approved a change is the login, who started the CI run, or who wrote the commit';
