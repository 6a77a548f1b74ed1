-- Returns the stack of contexts without the parameters that the client bound. If log_parameter_max_length_on_error is set,
-- they are the line after a DDL of the client: portal "p" with parameters: $1 = '...'. They are not code that ran the DDL.
-- The line is recognised in all languages into which PostgreSQL is translated (tests/golden/server_messages.json).
CREATE OR REPLACE FUNCTION script_tracking.client_context(p_context pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN l.line ~ '^(unnamed portal|portal|unbenanntes Portal|Portal|portail|portale|ej namngiven portal|"[^"]*") '
        -- Japanese, Georgian, Korean, Russian and Ukrainian, as the bytes of UTF-8. Other encodings are not converted, because
        -- the conversion could fail.
        OR getdatabaseencoding() IN ('UTF8', 'SQL_ASCII') AND EXISTS (
            SELECT FROM unnest(ARRAY[
                    '\xe38391e383a9e383a1e383bce382bfe38292e68c81e381a4',
                    '\xe183a3e183a1e18390e183aee18394e1839ae1839d20e1839ee1839de183a0e183a2e18390e1839ae1839820',
                    '\xe1839ee1839de183a0e183a2e18390e1839ae1839820',
                    '\xec9db4eba68420ec9786eb8a9420ed8faced8388',
                    '\xd0bdd0b5d0b8d0bcd0b5d0bdd0bed0b2d0b0d0bdd0bdd18bd0b920d0bfd0bed180d182d0b0d0bb20',
                    '\xd0bfd0bed180d182d0b0d0bb20'
                ]::pg_catalog._bytea) AS w (word)
            WHERE substr(convert_to(l.line, getdatabaseencoding()), 1, length(w.word)) = w.word)
        THEN left(p_context, strpos(p_context, E'\n') - 1) ELSE p_context END
    FROM (SELECT substr(left(p_context, 400), strpos(p_context, E'\n') + 1, 60) AS line) AS l
$function$;

COMMENT ON FUNCTION script_tracking.client_context(pg_catalog.text) IS
    'A stack of contexts without the parameters that the client bound; for the functions of this schema';
