-- Returns patterns for LIKE from a setting that lists names with * for any characters; NULL if it lists none.
CREATE OR REPLACE FUNCTION script_tracking.evidence_patterns(p_names pg_catalog.text)
RETURNS pg_catalog.text[]
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT array_agg(replace(replace(replace(replace(btrim(n.name), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'))
    FROM unnest(string_to_array(p_names, ',')) AS n (name)
    WHERE btrim(n.name) <> ''
$function$;

COMMENT ON FUNCTION script_tracking.evidence_patterns(pg_catalog.text) IS
    'Patterns for LIKE, from a setting that lists names with * for any characters';
