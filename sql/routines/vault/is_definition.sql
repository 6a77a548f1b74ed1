-- Returns whether a JSON value has the form of a definition, as capture and maintain write it: parts by their names. One of another
-- form could not be read, nor what it is put together with.
CREATE OR REPLACE FUNCTION script_tracking.is_definition(p_definition pg_catalog.jsonb)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN jsonb_typeof(p_definition) = 'object' THEN NOT EXISTS (
        SELECT FROM jsonb_each(p_definition) AS p (part, body)
        WHERE p.part !~ '^(comment )?(column \d{1,4}|(?!column)[a-z]+( \d{1,10})?)$'
            OR jsonb_typeof(p.body) IN ('number', 'boolean')
            -- Each part has a name and something else, a relation its schema and its owner.
            OR jsonb_typeof(p.body) = 'array' AND (p.body ->> 1 IS NULL OR p.body ->> 2 IS NULL
                OR p.part = 'relation' AND p.body ->> 3 IS NULL)) ELSE false END
$function$;

COMMENT ON FUNCTION script_tracking.is_definition(pg_catalog.jsonb) IS
    'Whether a JSON value has the form of a definition; for the functions of this schema';
