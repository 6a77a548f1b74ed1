-- Finds a DDL command's own statement in the client's string. The statements of a string run in order, so it is the
-- next one that the tag fits. The current place in the string is a number of the backend's own (capture_place_seq),
-- which the session can neither write nor take back by a rollback. A setting of the transaction keeps a piece of the
-- text from there on. It is recognised by a hash whose seed the session cannot read. A setting of the session keeps
-- what is known of the whole string, because a string can commit before its end. This is authenticated by a digest: its
-- moment, flags (s: can contain a secret; x: cannot be split; u: the current place is unknown), and the tags that do not
-- occur any more.
CREATE OR REPLACE FUNCTION script_tracking.captured_client_statement(
    p_command_tag pg_catalog.text,
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
    v_window pg_catalog.text := coalesce(current_setting('dbtrack.ddl_window', true), '');
    v_flags pg_catalog.text;
    v_absent pg_catalog.text;
    v_kept pg_catalog.text;
    v_was pg_catalog.text;
    v_is_ours pg_catalog.bool;
    v_mark pg_catalog.int8;
    v_place pg_catalog.int4;
    v_string pg_catalog.text;
    v_found record;
BEGIN
    o_is_whole := true;
    IF starts_with(v_window, v_moment::pg_catalog.text) AND substr(v_window, 28, 1) <> 'a'
        AND script_tracking.place_is_kept()
        AND hashtextextended(v_window, currval('script_tracking.capture_window_seed_seq')) & 9223372036854775806 | 1
            = currval('script_tracking.capture_window_seq') THEN
        o_has_secret := substr(v_window, 28, 1) = 's';
        v_place := currval('script_tracking.capture_place_seq') % 1073741824;
        v_found := script_tracking.find_statement(p_command_tag, v_place, NULL, v_window);
        IF v_found.o_window IS NOT NULL THEN
            v_window := script_tracking.keep_window(v_moment, v_found.o_window, substr(v_window, 28, 1));
        END IF;
        IF v_found.o_statement IS NOT NULL THEN
            IF p_is_ending THEN
                v_mark := setval('script_tracking.capture_place_seq', v_moment % 8589934592 * 1073741824 + v_found.o_next);
            END IF;
            IF script_tracking.statement_names(v_found.o_statement, p_command_tag, p_identities, p_types) IS NOT FALSE THEN
                o_statement := v_found.o_statement;
                o_is_whole := NULL;
            END IF;
            RETURN;
        END IF;
    END IF;
    v_kept := coalesce(current_setting('dbtrack.ddl_string', true), '');
    v_was := substr(v_kept, 65);
    v_is_ours := v_kept <> '' AND left(v_kept, 64) = script_tracking.string_digest(v_was);
    IF NOT (v_is_ours AND starts_with(v_was, v_moment || ':')) THEN
        v_string := current_query();
        IF octet_length(v_string) <= 1000000 AND script_tracking.is_one_statement(v_string) THEN
            o_statement := v_string;
            o_is_whole := NULL;
            RETURN;
        END IF;
    END IF;
    IF NOT script_tracking.place_is_kept() THEN
        v_was := '';
        v_is_ours := false;
    END IF;
    -- Nothing was set if nothing was kept yet, and after DISCARD SEQUENCES.
    v_mark := CASE WHEN v_is_ours THEN currval('script_tracking.capture_place_seq') ELSE 0 END;
    v_place := CASE WHEN v_mark / 1073741824 = v_moment % 8589934592 THEN (v_mark % 1073741824)::pg_catalog.int4 ELSE 1 END;
    IF v_is_ours AND starts_with(v_was, v_moment || ':') THEN
        v_flags := split_part(v_was, ':', 2);
        v_absent := split_part(v_was, ':', 3);
    ELSE -- once a string: what takes its length
        v_absent := '|';
        v_string := coalesce(v_string, current_query());
        v_flags := CASE WHEN script_tracking.string_carries_secret(v_string) THEN 's' ELSE '' END
            || CASE WHEN current_setting('standard_conforming_strings') = 'off' THEN 'x' ELSE '' END
            || CASE WHEN NOT v_is_ours AND script_tracking.is_resumed(p_command_tag, p_identities, v_string) THEN 'u' ELSE '' END;
    END IF;
    o_has_secret := strpos(v_flags, 's') > 0;
    IF strpos(v_flags, 'x') = 0 AND strpos(v_absent, '|' || p_command_tag || '|') = 0 THEN
        v_found := script_tracking.find_statement(p_command_tag, v_place, NULL, '');
        -- Starts at the beginning because the session cleared what was kept, but skips statements that name other
        -- objects.
        WHILE NOT v_is_ours AND v_found.o_statement IS NOT NULL AND script_tracking.statement_names(
            v_found.o_statement, p_command_tag, p_identities, p_types) IS FALSE LOOP
            v_found := script_tracking.find_statement(p_command_tag, v_found.o_next, NULL, '');
        END LOOP;
        IF v_found.o_statement IS NULL THEN
            v_absent := v_absent || p_command_tag || '|';
        ELSIF strpos(v_flags, 'u') > 0 THEN
            v_found := script_tracking.find_only_statement(p_command_tag, p_identities, p_types,
                convert_to(coalesce(v_string, current_query()), getdatabaseencoding()));
            IF v_found.o_statement IS NOT NULL THEN
                o_statement := v_found.o_statement;
                o_is_whole := NULL;
                IF p_is_ending THEN
                    v_place := v_found.o_next;
                    v_flags := replace(v_flags, 'u', '');
                END IF;
            END IF;
        ELSE
            IF p_is_ending THEN
                v_place := v_found.o_next;
            END IF;
            IF script_tracking.statement_names(v_found.o_statement, p_command_tag, p_identities, p_types) IS NOT FALSE THEN
                o_statement := v_found.o_statement;
                o_is_whole := NULL;
            END IF;
            IF v_found.o_window IS NOT NULL THEN
                v_window := script_tracking.keep_window(v_moment, v_found.o_window,
                    CASE WHEN v_absent <> '|' THEN 'a' WHEN o_has_secret THEN 's' ELSE '-' END);
            END IF;
        END IF;
    END IF;
    v_mark := setval('script_tracking.capture_place_seq', v_moment % 8589934592 * 1073741824 + v_place);
    v_kept := v_moment || ':' || v_flags || ':' || v_absent;
    IF v_kept <> v_was THEN
        v_kept := set_config('dbtrack.ddl_string', script_tracking.string_digest(v_kept) || v_kept, false);
        IF v_absent <> '|' THEN
            v_kept := set_config('dbtrack.ddl_window', '', true);
        END IF;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_client_statement(
    pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.bool) IS
    'A DDL command''s own statement in the client''s string';
