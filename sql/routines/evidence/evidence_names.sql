-- Returns the names by which evidence compares who a text means: those of person_names, and of an address also what stands
-- before the @.
CREATE OR REPLACE FUNCTION script_tracking.evidence_names(p_text pg_catalog.text)
RETURNS pg_catalog.text[]
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT ARRAY(SELECT n.name FROM unnest(script_tracking.person_names(p_text)) AS u (person)
        CROSS JOIN LATERAL (VALUES (u.person), (split_part(u.person, '@', 1))) AS n (name))
$function$;

COMMENT ON FUNCTION script_tracking.evidence_names(pg_catalog.text) IS
    'The names by which evidence compares who a text means, in lower case';
