-- Finds the next statement of a string that a command tag fits, from a byte on. Returns it in o_statement (NULL if
-- there is none) and the byte after it in o_next.
-- p_bytes NULL means the client's string, which current_query() copies whole at each call. So p_window has a piece of
-- it: a head of 28 characters, of which the last twelve are the position where the piece begins, a 1 if it is the last
-- piece, and a flag of the caller's; then the text. o_window is another piece, if this one did not suffice.
CREATE OR REPLACE FUNCTION script_tracking.find_statement(
    p_command_tag pg_catalog.text,
    p_from pg_catalog.int4,
    p_bytes pg_catalog.bytea,
    p_window pg_catalog.text,
    OUT o_statement pg_catalog.text,
    OUT o_next pg_catalog.int4,
    OUT o_window pg_catalog.text
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_encoding CONSTANT pg_catalog.name := getdatabaseencoding();
    v_window pg_catalog.bytea := p_bytes;
    v_start pg_catalog.int4 := 1;
    v_head pg_catalog.int4 := 0;
    v_is_last pg_catalog.bool := true;
    v_bytes pg_catalog.bytea;
    v_width pg_catalog.int4;
    v_end pg_catalog.int4;
    v_found record;
BEGIN
    o_next := p_from;
    IF p_bytes IS NULL AND p_window = '' THEN
        v_start := 2147483647;
    ELSIF p_bytes IS NULL THEN
        -- With its head: taking that off would count all characters of the text.
        v_head := 28;
        v_start := substr(p_window, 17, 10)::pg_catalog.int4 - v_head;
        v_is_last := substr(p_window, 27, 1) = '1';
        v_window := convert_to(p_window, v_encoding);
    END IF;
    LOOP
        v_end := NULL;
        IF o_next >= v_start + v_head AND o_next < v_start + octet_length(v_window) THEN
            v_found := script_tracking.statement_end(v_window, o_next - v_start + 1, v_is_last);
            v_end := v_found.o_end;
        END IF;
        IF v_end IS NOT NULL THEN
            o_next := v_start + v_end;
            IF v_found.o_statement <> '' AND script_tracking.is_statement_of(v_found.o_statement, p_command_tag) THEN
                o_statement := v_found.o_statement;
                EXIT;
            END IF;
            CONTINUE;
        END IF;
        -- The string ends here, or the statement cannot be recognised from its beginning.
        EXIT WHEN o_next >= v_start + v_head AND v_is_last;
        IF v_bytes IS NULL THEN
            v_bytes := convert_to(current_query(), v_encoding);
            -- Few pieces of a long string, because each costs a copy of the whole string.
            v_width := least(greatest(1024, octet_length(v_bytes) / 512), 262144);
        ELSIF v_start = o_next THEN
            v_width := v_width * 2;
        END IF;
        EXIT WHEN v_width > 8388608; -- a statement longer than this is not searched for its end
        v_start := o_next;
        v_head := 0;
        v_end := coalesce(script_tracking.piece_end(v_bytes, v_start, v_width), v_start - 1);
        v_is_last := v_end >= octet_length(v_bytes);
        v_window := substring(v_bytes FROM v_start FOR v_end - v_start + 1);
    END LOOP;
    IF o_statement IS NOT NULL AND v_bytes IS NOT NULL AND octet_length(v_window) <= 524288 THEN
        o_window := lpad(v_start::pg_catalog.text, 10, '0') || CASE WHEN v_is_last THEN '1' ELSE '0' END || '-'
            || convert_from(v_window, v_encoding);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.find_statement(pg_catalog.text, pg_catalog.int4, pg_catalog.bytea, pg_catalog.text) IS
    'The next statement of a string that a command tag fits';
