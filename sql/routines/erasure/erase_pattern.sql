-- Returns a pattern that finds a person's name or address in a text: as a word of its own, in upper or lower case.
-- SQL doubles the quotes of a name and JSON escapes them, one in the other more than once: each quote stands for any run of them.
CREATE OR REPLACE FUNCTION script_tracking.erase_pattern(p_subject pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT '(^|[^[:alnum:]_])'
        || replace(replace(replace(regexp_replace(p_subject, '([^[:alnum:]_])', '\\\1', 'g'),
            '\\', '\\+'), '\''', '[\\'']*'''), '\"', '[\\"]*"')
        || '($|[^[:alnum:]_])'
$function$;

COMMENT ON FUNCTION script_tracking.erase_pattern(pg_catalog.text) IS 'A pattern that finds a name or address in a text';
