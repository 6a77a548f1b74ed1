-- Returns the names by which a text means a person, in lower case: the text itself, and of "Name <mail>" both parts. Several
-- people are separated by commas or semicolons.
CREATE OR REPLACE FUNCTION script_tracking.person_names(p_text pg_catalog.text)
RETURNS pg_catalog.text[]
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(array_agg(DISTINCT n.name), '{}')
    FROM regexp_split_to_table(p_text, '[,;]') AS w (word)
    CROSS JOIN LATERAL (VALUES (w.word), (split_part(w.word, '<', 1)), (substring(w.word FROM '<([^>]*)>'))) AS v (part)
    CROSS JOIN LATERAL (SELECT lower(btrim(regexp_replace(v.part, '[[:space:]]+', ' ', 'g'), ' @') COLLATE "C")) AS n (name)
    WHERE n.name <> ''
$function$;

COMMENT ON FUNCTION script_tracking.person_names(pg_catalog.text) IS
    'The names by which a text means a person, in lower case: "Ines <ines@example.org>" means both';
