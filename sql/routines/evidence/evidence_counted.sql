-- Returns a number in words that stand in a sentence: '1 row', '3,190 rows'.
CREATE OR REPLACE FUNCTION script_tracking.evidence_counted(
    p_number pg_catalog.int8,
    p_noun pg_catalog.text
)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT btrim(to_char(p_number, 'FM999,999,999,999,999')) || ' ' || p_noun || CASE WHEN p_number = 1 THEN '' ELSE 's' END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_counted(pg_catalog.int8, pg_catalog.text) IS
    'A number with its noun in the singular or plural, as evidence writes it';
