-- A DDL's own statement as it may be stored, and for what code in the server ran the client's statement beside it.
-- p_string is the client's whole string where the statement is a part of it, or NULL.
CREATE OR REPLACE FUNCTION script_tracking.captured_text(
    p_statement pg_catalog.text,
    p_string pg_catalog.text,
    p_mode pg_catalog.text,
    p_longest pg_catalog.int4,
    p_is_inner pg_catalog.bool,
    OUT o_statement pg_catalog.text,
    OUT o_client_statement pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_all CONSTANT pg_catalog.text := p_statement || coalesce(p_string, '');
BEGIN
    o_statement := p_statement;
    IF p_mode = 'all' OR length(p_statement) > p_longest
        -- No secret without one of these; SET app.token = abc needs no quotes.
        OR ((translate(p_statement, '''$-/', '') <> p_statement OR strpos(lower(p_statement COLLATE "C"), 'set') > 0)
            AND script_tracking.carries_secret(v_all)) THEN
        o_statement := script_tracking.redact_part(p_statement, v_all, p_mode, p_longest);
    END IF;
    IF p_is_inner AND p_statement <> p_string THEN
        o_client_statement := script_tracking.redact_part(p_string, p_string || o_statement, p_mode, p_longest);
        IF length(o_client_statement) > 1000 THEN
            o_client_statement := left(o_client_statement, 1000)
                || format('... [cut: %s characters]', length(o_client_statement));
        END IF;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_text(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.bool) IS 'A DDL''s own statement as it may be stored';
