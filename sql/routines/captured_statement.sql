-- The DDL's own statement: out of the code that ran it, or out of a string of several. o_is_whole is true where it cannot
-- be told, NULL otherwise. Statements come in their order: which was the last is kept in a setting of the session, since a
-- string can commit part-way. The session can write it, and then gets another statement of its own string.
CREATE OR REPLACE FUNCTION script_tracking.captured_statement(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text,
    p_is_ending pg_catalog.bool,
    OUT o_statement pg_catalog.text,
    OUT o_is_whole pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_is_inner pg_catalog.bool := strpos(p_context, E'\n') > 0;
    v_setting pg_catalog.text := CASE WHEN v_is_inner THEN 'dbtrack.ddl_inner_position' ELSE 'dbtrack.ddl_position' END;
    v_quote pg_catalog.text;
    v_key pg_catalog.text;
    v_places pg_catalog._int4;
    v_last pg_catalog.text := coalesce(current_setting(v_setting, true), '');
    v_found pg_catalog.int4;
BEGIN
    o_is_whole := true;
    o_statement := CASE WHEN v_is_inner THEN script_tracking.context_statement(p_context) ELSE current_query() END;
    IF o_statement IS NULL THEN
        o_statement := current_query();
        RETURN;
    END IF;
    v_quote := substring(o_statement FROM '^[^''";$/-]*([$][A-Za-z_]*[$])');
    IF strpos(rtrim(CASE WHEN v_quote IS NULL THEN o_statement
        -- A function whose body stands in dollar quotes, before and after which is no other semicolon.
        ELSE split_part(o_statement, v_quote, 1) || substr(o_statement, length(split_part(o_statement, v_quote, 1))
            + length(split_part(o_statement, v_quote, 2)) + 2 * length(v_quote) + 1) END, E' \n\r\t;'), ';') = 0 THEN
        o_is_whole := NULL;
        RETURN;
    END IF;
    v_key := (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || ':'
        || hashtextextended(o_statement, 0) || ':';
    v_places := script_tracking.captured_places(o_statement, v_key, v_is_inner);
    IF v_places IS NULL OR cardinality(v_places) <= 2 THEN
        o_is_whole := CASE WHEN v_places IS NULL THEN true END;
        RETURN;
    END IF;
    v_found := script_tracking.matching_statement(o_statement, v_places, p_command_tag, v_is_inner,
        CASE WHEN starts_with(v_last, v_key) AND substr(v_last, length(v_key) + 1) ~ '^[0-9]{1,6}$'
            THEN substr(v_last, length(v_key) + 1)::pg_catalog.int4 ELSE 0 END);
    IF v_found IS NULL THEN
        RETURN;
    END IF;
    o_is_whole := NULL;
    o_statement := btrim(substr(o_statement, v_places[2 * v_found - 1], v_places[2 * v_found] - v_places[2 * v_found - 1]),
        E' \n\r\t');
    IF p_is_ending THEN
        PERFORM set_config(v_setting, v_key || v_found, false);
    END IF;
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        o_statement := current_query(); -- that it ran is recorded all the same
        o_is_whole := true;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_statement(pg_catalog.text, pg_catalog.text, pg_catalog.bool) IS
    'The own statement of a DDL, out of a string of several or of the code that runs it';
