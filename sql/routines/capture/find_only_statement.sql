-- Returns the only statement of a string that a command tag fits and that names one of the objects; NULL if there are
-- several, or if the string is long.
CREATE OR REPLACE FUNCTION script_tracking.find_only_statement(
    p_command_tag pg_catalog.text,
    p_identities pg_catalog.text[],
    p_types pg_catalog.text[],
    p_bytes pg_catalog.bytea,
    OUT o_statement pg_catalog.text,
    OUT o_next pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_found record;
    v_from pg_catalog.int4 := 1;
BEGIN
    WHILE octet_length(p_bytes) <= 200000 LOOP
        v_found := script_tracking.find_statement(p_command_tag, v_from, p_bytes, '');
        EXIT WHEN v_found.o_statement IS NULL;
        v_from := v_found.o_next;
        CONTINUE WHEN script_tracking.statement_names(v_found.o_statement, p_command_tag, p_identities, p_types) IS FALSE;
        IF o_statement IS NOT NULL THEN
            o_statement := NULL;
            EXIT;
        END IF;
        o_statement := v_found.o_statement;
        o_next := v_found.o_next;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.find_only_statement(
    pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.bytea) IS
    'The only statement of a string that a command tag fits and that names one of the objects';
