-- A DDL's own statement out of the client's string. Its statements run in their order, so that it is the next one that the
-- tag fits: where the string has come to is kept in a sequence of the backend's own, which the session can neither write
-- nor take back by a rollback. What else is known of the string is kept in a setting, authenticated, so that its text need
-- not be read again for each DDL.
-- Of the setting: the moment, flags (s: can carry a secret; x: cannot be told apart; u: where it has come to is not known),
-- and the tags that come no more.
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
    v_moment CONSTANT pg_catalog.int8 := script_tracking.string_moment();
    v_kept pg_catalog.text := coalesce(current_setting('dbtrack.ddl_string', true), '');
    v_is_ours CONSTANT pg_catalog.bool :=
        v_kept <> '' AND left(v_kept, 64) = script_tracking.string_digest(substr(v_kept, 65));
    v_is_known CONSTANT pg_catalog.bool := v_is_ours AND starts_with(substr(v_kept, 65), v_moment || ':');
    v_mark pg_catalog.int8;
    v_place pg_catalog.int4 := 1;
    v_flags pg_catalog.text;
    v_absent pg_catalog.text := '|';
    v_string pg_catalog.text;
    v_found record;
BEGIN
    o_is_whole := true;
    -- Not set where nothing was kept yet, or after DISCARD SEQUENCES.
    v_mark := CASE WHEN v_is_ours THEN currval('script_tracking.capture_place_seq') ELSE 0 END;
    IF v_mark / 1073741824 = v_moment % 8589934592 THEN
        v_place := v_mark % 1073741824;
    END IF;
    IF v_is_known THEN
        v_flags := split_part(substr(v_kept, 65), ':', 2);
        v_absent := split_part(substr(v_kept, 65), ':', 3);
    ELSE -- once a string: what takes its length
        v_string := current_query();
        IF octet_length(v_string) <= 1000000 AND script_tracking.is_one_statement(v_string) THEN
            o_statement := v_string;
            o_is_whole := NULL;
            RETURN;
        END IF;
        v_flags := CASE WHEN script_tracking.string_carries_secret(v_string) THEN 's' ELSE '' END
            || CASE WHEN current_setting('standard_conforming_strings') = 'off' THEN 'x' ELSE '' END
            || CASE WHEN NOT v_is_ours AND script_tracking.is_resumed(p_command_tag, p_identities, v_string) THEN 'u' ELSE '' END;
    END IF;
    o_has_secret := strpos(v_flags, 's') > 0;
    IF strpos(v_flags, 'x') = 0 AND strpos(v_absent, '|' || p_command_tag || '|') = 0 THEN
        v_found := script_tracking.find_statement(p_command_tag, v_place, NULL);
        IF v_found.o_statement IS NULL THEN
            v_absent := v_absent || p_command_tag || '|';
        ELSIF strpos(v_flags, 'u') = 0 THEN
            IF p_is_ending THEN
                v_place := v_found.o_next;
            END IF;
            IF script_tracking.statement_names(v_found.o_statement, p_command_tag, p_identities, p_types) IS NOT FALSE THEN
                o_statement := v_found.o_statement;
                o_is_whole := NULL;
            END IF;
        ELSE
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
        END IF;
    END IF;
    PERFORM setval('script_tracking.capture_place_seq', v_moment % 8589934592 * 1073741824 + v_place);
    IF NOT v_is_known OR (v_flags, v_absent) IS DISTINCT FROM
        (split_part(substr(v_kept, 65), ':', 2), split_part(substr(v_kept, 65), ':', 3)) THEN
        v_kept := v_moment || ':' || v_flags || ':' || v_absent;
        PERFORM set_config('dbtrack.ddl_string', script_tracking.string_digest(v_kept) || v_kept, false);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_client_statement(
    pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.bool) IS
    'The own statement of a DDL, out of the client''s string';
