-- Returns whether a string is one statement, as far as a quick look shows: only blanks follow its first semicolon. A
-- function body in dollar quotes may contain others.
CREATE OR REPLACE FUNCTION script_tracking.is_one_statement(p_string pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_quote pg_catalog.text := substring(p_string FROM '^[^''";$/-]*([$][A-Za-z_]*[$])');
BEGIN
    RETURN strpos(rtrim(CASE WHEN v_quote IS NULL THEN p_string
        ELSE split_part(p_string, v_quote, 1) || substr(p_string, length(split_part(p_string, v_quote, 1))
            + length(split_part(p_string, v_quote, 2)) + 2 * length(v_quote) + 1) END, E' \n\r\t;'), ';') = 0;
END
$function$;

COMMENT ON FUNCTION script_tracking.is_one_statement(pg_catalog.text) IS
    'Whether a string is one statement, as far as a quick look shows';
