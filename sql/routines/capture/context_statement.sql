-- Returns the statement that code in the server runs, from the context above the line of an event trigger's function;
-- NULL if the first line is of a function that does not show it, such as one in SQL. The text may contain anything,
-- also what looks like its end: it ends where no literal is open.
CREATE OR REPLACE FUNCTION script_tracking.context_statement(p_above pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_next constant pg_catalog.text := E'"\\n(PL/|SQL (statement|function) )';
    v_text pg_catalog.text COLLATE pg_catalog."C";
    v_end pg_catalog.int4;
BEGIN
    IF left(p_above, 15) <> 'SQL statement "' THEN
        RETURN NULL;
    END IF;
    v_text := substr(p_above, 16);
    -- Nearly always one line is left, or none: no regular expression is needed.
    IF strpos(v_text, E'"\n') = 0 THEN
        RETURN CASE WHEN right(v_text, 1) = '"' THEN left(v_text, -1) END;
    ELSIF substr(v_text, strpos(v_text, E'"\n') + 2, 3) = 'PL/'
        AND strpos(substr(v_text, strpos(v_text, E'"\n') + 2), E'"\n') = 0 THEN
        RETURN left(v_text, strpos(v_text, E'"\n') - 1);
    END IF;
    v_end := regexp_instr(v_text, c_next);
    WHILE v_end > 0 LOOP
        IF regexp_instr(v_text, c_next, v_end + 1) = 0 OR v_end > 200000
            OR script_tracking.split_statements(left(v_text, v_end - 1)) IS NOT NULL THEN
            RETURN left(v_text, v_end - 1);
        END IF;
        v_end := regexp_instr(v_text, c_next, v_end + 1);
    END LOOP;
    RETURN CASE WHEN right(v_text, 1) = '"' THEN left(v_text, -1) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.context_statement(pg_catalog.text) IS
    'The statement that code in the server runs, from the context of an event trigger';
