-- Returns the text of a JSON value in which a name can be found as a word: in its own text a line feed is \n, and the n would be a
-- letter before the name.
CREATE OR REPLACE FUNCTION script_tracking.json_words(p_value pg_catalog.jsonb)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN strpos(p_value::pg_catalog.text, '\') = 0 THEN p_value::pg_catalog.text
        ELSE replace(regexp_replace(replace(replace(p_value::pg_catalog.text, '\\', E'\x01'), '\"', '"'),
            '\\(u[0-9a-f]{4}|[bfnrt])', ' ', 'g'), E'\x01', '\') END
$function$;

COMMENT ON FUNCTION script_tracking.json_words(pg_catalog.jsonb) IS
    'The text of a JSON value in which a name can be found as a word; for the functions that erase';
