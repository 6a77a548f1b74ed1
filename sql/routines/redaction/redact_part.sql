-- Returns one statement of a client's string in the form in which it may be stored. The whole string decides whether it
-- can contain a secret, because the text beside a password is often another one.
CREATE OR REPLACE FUNCTION script_tracking.redact_part(
    p_statement pg_catalog.text,
    p_string pg_catalog.text,
    p_mode pg_catalog.text,
    p_longest pg_catalog.int4
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN script_tracking.redact_statement(p_statement,
        CASE WHEN p_mode = 'secrets' AND script_tracking.carries_secret(p_string) THEN 'all' ELSE p_mode END,
        p_longest);
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_part(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.int4) IS
    'One statement of a client''s string as it may be stored; the whole string (p_string) decides whether it loses its '
    'literals';
