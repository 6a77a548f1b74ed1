-- Returns whether a semicolon after this text ends the statement: not within the actions of a rule, and not within a
-- body in standard SQL.
CREATE OR REPLACE FUNCTION script_tracking.is_statement_whole(p_bare pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_bare pg_catalog.text COLLATE pg_catalog."C" := p_bare;
BEGIN
    IF v_bare !~* '^[[:space:]]*create[[:space:]]' THEN
        RETURN true;
    END IF;
    RETURN CASE
        WHEN v_bare ~* '^[[:space:]]*create[[:space:]]+(or[[:space:]]+replace[[:space:]]+)?rule[[:>:]]'
            THEN regexp_count(v_bare, '[(]') <= regexp_count(v_bare, '[)]')
        WHEN v_bare ~* '^[[:space:]]*create[[:space:]]+(or[[:space:]]+replace[[:space:]]+)?(function|procedure)[[:>:]]'
            AND v_bare ~* '[[:<:]]begin[[:space:]]+atomic[[:>:]]'
            THEN regexp_count(v_bare, '[[:<:]](begin[[:space:]]+atomic|case)[[:>:]]', 1, 'i')
                <= regexp_count(v_bare, '[[:<:]]end[[:>:]]', 1, 'i')
        ELSE true
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.is_statement_whole(pg_catalog.text) IS
    'Whether a statement, given without its literals and comments, may end here';
