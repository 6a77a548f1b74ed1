-- Returns how a statement begins: in lower case, without comments and quoted text, with one blank for each gap.
CREATE OR REPLACE FUNCTION script_tracking.statement_head(p_statement pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_comment constant pg_catalog.text := E'--[^\\n\\r]*|/[*](?:[^*/]|[*]+[^*/]|/+[^*/])*[*]+/';
BEGIN
    -- The function does not recognise a statement that begins with a comment longer than this.
    RETURN lower(ltrim(regexp_replace(regexp_replace(regexp_replace(
        left(regexp_replace(left(p_statement, 100000) COLLATE pg_catalog."C", '^(?:[[:space:]]|' || c_comment || ')+', ''), 2000),
        E'(''[^'']*''|"[^"]*")|' || c_comment, E'\\1 ', 'g'),
        E'''[^'']*''|"[^"]*"', 'x', 'g'), '[[:space:]]+', ' ', 'g')) COLLATE "C");
END
$function$;

COMMENT ON FUNCTION script_tracking.statement_head(pg_catalog.text) IS
    'How a statement begins, without comments and quoted text';
