-- Finds a DDL command's own statement in the code that ran it. Code can run strings of several statements, one within
-- the other, and the same string again. The current place in each is kept in a setting, authenticated, as a stack of
-- the strings that contain the running one. A number in a sequence of the backend's own shows whether this is the
-- newest such setting, because a session can put back an older one, and a rollback does so.
-- The setting has the moment, the number, and for each string the length of its context in characters, the context's
-- hash, the length of the string in characters, the next byte, and flags (s: can contain a secret; u: the current place
-- is unknown).
CREATE OR REPLACE FUNCTION script_tracking.captured_inner_statement(
    p_command_tag pg_catalog.text,
    p_above pg_catalog.text,
    p_identities pg_catalog.text[],
    p_types pg_catalog.text[],
    p_is_ending pg_catalog.bool,
    OUT o_statement pg_catalog.text,
    OUT o_is_whole pg_catalog.bool,
    OUT o_has_secret pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_moment CONSTANT pg_catalog.int8 := (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8;
    v_kept pg_catalog.text := coalesce(current_setting('dbtrack.ddl_inner', true), '');
    v_is_ours pg_catalog.bool := false;
    v_is_intact pg_catalog.bool := false;
    v_is_resumed pg_catalog.bool := false;
    v_mark pg_catalog.int8 := 0;
    v_turn pg_catalog.int8 := 0;
    v_seed pg_catalog.int8;
    v_stack pg_catalog.text[] := '{}';
    v_top pg_catalog.text[];
    v_is_new pg_catalog.bool := true;
    v_string pg_catalog.text;
    v_bytes pg_catalog.bytea;
    v_found record;
BEGIN
    o_is_whole := true;
    IF octet_length(p_above) > 20000000 THEN
        RETURN;
    END IF;
    IF starts_with(substr(v_kept, 65), v_moment || ':') THEN
        IF NOT script_tracking.place_is_kept() THEN
            v_kept := '';
        END IF;
        v_is_ours := v_kept <> '' AND left(v_kept, 64) = script_tracking.string_digest('inner ' || substr(v_kept, 65));
        v_turn := CASE WHEN v_is_ours THEN currval('script_tracking.capture_turn_seq') % 1073741824 ELSE 0 END;
        v_is_intact := v_is_ours AND starts_with(substr(v_kept, 65), v_moment || ':' || v_turn || ':');
    END IF;
    IF v_is_intact THEN
        v_seed := script_tracking.string_seed();
        v_stack := string_to_array(split_part(substr(v_kept, 65), ':', 3), ' ');
        WHILE cardinality(v_stack) > 0 LOOP
            v_top := string_to_array(v_stack[cardinality(v_stack)], '/');
            EXIT WHEN v_top[1]::pg_catalog.int4 <= length(p_above)
                AND hashtextextended(right(p_above, v_top[1]::pg_catalog.int4) COLLATE pg_catalog."C", v_seed)::pg_catalog.text = v_top[2];
            v_stack := v_stack[1:cardinality(v_stack) - 1];
        END LOOP;
        v_is_new := cardinality(v_stack) = 0 OR v_top[1]::pg_catalog.int4 < length(p_above);
    END IF;
    IF v_is_new THEN
        v_string := script_tracking.context_statement(p_above);
        IF v_string IS NULL THEN
            RETURN;
        ELSIF strpos(v_string, ';') = 0 OR script_tracking.is_one_statement(v_string) THEN
            o_statement := v_string;
            o_is_whole := NULL;
            RETURN;
        END IF;
        v_seed := coalesce(v_seed, script_tracking.string_seed());
        IF NOT v_is_intact THEN
            IF NOT script_tracking.place_is_kept() THEN
                v_kept := '';
                v_is_ours := false;
            END IF;
            -- If what is kept belongs to another moment, and nothing has been kept since, this is a new string.
            -- Otherwise part of it may have run already.
            v_is_ours := v_is_ours
                OR (v_kept <> '' AND left(v_kept, 64) = script_tracking.string_digest('inner ' || substr(v_kept, 65)));
            v_mark := CASE WHEN v_is_ours THEN currval('script_tracking.capture_turn_seq') ELSE 0 END;
            v_is_resumed := v_mark = 0 OR v_mark / 1073741824 = v_moment % 8589934592;
            -- Greater than any number that was given before at this moment.
            v_turn := CASE WHEN v_is_ours AND v_is_resumed THEN v_mark % 1073741824
                ELSE (extract(epoch FROM clock_timestamp()) * 1000000 - v_moment)::pg_catalog.int8 % 1000000000 END;
        END IF;
        v_top := ARRAY[length(p_above)::pg_catalog.text,
            hashtextextended(p_above COLLATE pg_catalog."C", v_seed)::pg_catalog.text, length(v_string)::pg_catalog.text, '1',
            CASE WHEN script_tracking.string_carries_secret(v_string) THEN 's' ELSE '' END
                || CASE WHEN v_is_resumed AND script_tracking.recorded_before(p_command_tag, p_identities) THEN 'u' ELSE '' END];
    ELSE
        v_string := substr(p_above, 16, v_top[3]::pg_catalog.int4);
        v_stack := v_stack[1:cardinality(v_stack) - 1];
    END IF;
    o_has_secret := strpos(v_top[5], 's') > 0;
    IF current_setting('standard_conforming_strings') <> 'off' THEN
        v_bytes := convert_to(v_string, getdatabaseencoding());
        IF strpos(v_top[5], 'u') > 0 THEN
            v_found := script_tracking.find_only_statement(p_command_tag, p_identities, p_types, v_bytes);
        ELSE
            v_found := script_tracking.find_statement(p_command_tag, v_top[4]::pg_catalog.int4, v_bytes, '');
            IF v_found.o_statement IS NULL AND v_top[4] <> '1' THEN -- code can run the same string again
                v_found := script_tracking.find_statement(p_command_tag, 1, v_bytes, '');
            END IF;
            IF script_tracking.statement_names(v_found.o_statement, p_command_tag, p_identities, p_types) IS FALSE THEN
                v_found.o_statement := NULL;
            END IF;
        END IF;
        IF v_found.o_statement IS NOT NULL THEN
            o_statement := v_found.o_statement;
            o_is_whole := NULL;
            IF p_is_ending THEN
                v_top[4] := v_found.o_next;
                v_top[5] := replace(v_top[5], 'u', '');
            END IF;
        END IF;
    END IF;
    IF o_is_whole AND octet_length(v_string) <= 100000 THEN
        o_statement := v_string;
    END IF;
    v_stack := v_stack[greatest(cardinality(v_stack) - 19, 1):] || array_to_string(v_top, '/');
    v_kept := v_moment || ':' || v_turn + 1 || ':' || array_to_string(v_stack, ' ');
    PERFORM setval('script_tracking.capture_turn_seq', v_moment % 8589934592 * 1073741824 + v_turn + 1),
        set_config('dbtrack.ddl_inner', script_tracking.string_digest('inner ' || v_kept) || v_kept, false);
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_inner_statement(
    pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.bool) IS
    'The own statement of a DDL command that code in the server runs';
