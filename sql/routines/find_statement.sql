-- The next statement of a string that a command tag fits, from a byte on: o_statement, NULL if there is none, and o_next,
-- the byte after it. p_bytes NULL: the client's string, of which a piece is kept in a setting, authenticated, because
-- current_query() copies all of it at each call. A piece that the session invented could make a literal look like code.
CREATE OR REPLACE FUNCTION script_tracking.find_statement(
    p_command_tag pg_catalog.text,
    p_from pg_catalog.int4,
    p_bytes pg_catalog.bytea,
    OUT o_statement pg_catalog.text,
    OUT o_next pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_widest CONSTANT pg_catalog.int4 := 33554432; -- a statement longer than this is not searched for its end
    v_encoding CONSTANT pg_catalog.name := getdatabaseencoding();
    v_key pg_catalog.text;
    v_kept pg_catalog.text;
    v_bytes pg_catalog.bytea;
    v_window pg_catalog.bytea := p_bytes;
    v_start pg_catalog.int4 := 1;
    v_is_last pg_catalog.bool := true;
    v_width pg_catalog.int4;
    v_end pg_catalog.int4;
    v_found record;
BEGIN
    o_next := p_from;
    IF p_bytes IS NULL THEN
        v_key := script_tracking.string_moment() || ':';
        v_kept := coalesce(current_setting('dbtrack.ddl_window', true), '');
        IF starts_with(substr(v_kept, 65, 20), v_key)
            AND left(v_kept, 64) = script_tracking.string_digest('window ' || substr(v_kept, 65)) THEN
            v_start := split_part(substr(v_kept, 65, 60), ':', 2)::pg_catalog.int4;
            v_is_last := split_part(substr(v_kept, 65, 60), ':', 3) = 'last';
            v_window := convert_to(substr(v_kept, 65 + length(v_key) + length(split_part(substr(v_kept, 65, 60), ':', 2))
                + length(split_part(substr(v_kept, 65, 60), ':', 3)) + 2), v_encoding);
        ELSE
            v_start := 2147483647;
        END IF;
    END IF;
    LOOP
        v_end := NULL;
        IF o_next >= v_start AND o_next < v_start + octet_length(v_window) THEN
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
        -- The string's end, or what is not to be told from its beginning on.
        EXIT WHEN o_next >= v_start AND v_is_last;
        IF v_bytes IS NULL THEN
            v_bytes := convert_to(current_query(), v_encoding);
            -- Few pieces of a long string, since each costs a copy of all of it.
            v_width := least(greatest(4096, octet_length(v_bytes) / 512), 262144);
        ELSIF v_start = o_next THEN
            v_width := v_width * 2;
        END IF;
        EXIT WHEN v_width > c_widest;
        v_start := o_next;
        v_end := coalesce(script_tracking.piece_end(v_bytes, v_start, v_width), v_start - 1);
        v_is_last := v_end >= octet_length(v_bytes);
        v_window := substring(v_bytes FROM v_start FOR v_end - v_start + 1);
    END LOOP;
    IF o_statement IS NOT NULL AND v_bytes IS NOT NULL AND octet_length(v_window) <= 524288 THEN
        v_key := v_key || v_start || ':' || CASE WHEN v_is_last THEN 'last' ELSE '' END || ':'
            || convert_from(v_window, v_encoding);
        v_kept := set_config('dbtrack.ddl_window', script_tracking.string_digest('window ' || v_key) || v_key, true);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.find_statement(pg_catalog.text, pg_catalog.int4, pg_catalog.bytea) IS
    'The next statement of a string that a command tag fits';
