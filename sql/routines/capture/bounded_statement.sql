-- Returns a statement of any length in the form in which it may be stored. A statement that is far longer than what is
-- kept is left out or cut instead of redacted, because redaction takes many times its memory.
CREATE OR REPLACE FUNCTION script_tracking.bounded_statement(
    p_statement pg_catalog.text,
    p_has_secret pg_catalog.bool,
    p_mode pg_catalog.text,
    p_longest pg_catalog.int4
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_has_secret pg_catalog.bool := p_has_secret;
BEGIN
    IF octet_length(p_statement) <= 1000000 OR octet_length(p_statement) <= p_longest THEN
        RETURN script_tracking.redact_statement(p_statement,
            CASE WHEN p_mode = 'secrets' AND p_has_secret THEN 'all' ELSE p_mode END, p_longest);
    ELSIF p_longest = 0 THEN
        RETURN NULL;
    END IF;
    IF p_mode = 'secrets' AND p_has_secret IS NOT TRUE THEN
        v_has_secret := script_tracking.string_carries_secret(p_statement);
    END IF;
    RETURN CASE WHEN p_mode = 'all' OR (p_mode = 'secrets' AND v_has_secret)
        THEN format('[redacted: %s characters]', length(p_statement))
        ELSE left(p_statement, p_longest) || format('... [cut: %s characters]', length(p_statement)) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.bounded_statement(pg_catalog.text, pg_catalog.bool, pg_catalog.text, pg_catalog.int4) IS
    'A statement as it may be stored, of any length';
