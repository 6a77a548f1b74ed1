-- Takes what looks like a password out of a message: conninfo pairs, URIs, PASSWORD followed by a literal.
-- Not in SQL: a function of SQL is read and planned anew in each transaction.
CREATE OR REPLACE FUNCTION script_tracking.redact_message(p_message pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN regexp_replace(
        regexp_replace(
            regexp_replace(p_message, '(://[^/:@[:space:]]*):[^[:space:]]+@', '\1:***@', 'g'),
            -- name=value and name: value, quoted or not
            '((pass(word|wd|phrase|code)|pwd|secret|token|api_?key|access_?key|private_?key)"?[[:space:]]*[=:][[:space:]]*)'
            '(''([^'']|'''')*''|"[^"]*"|[^[:space:],;)]+)', '\1***', 'gi'),
        -- PASSWORD '...', but not "password authentication failed"
        '((pass(word|wd|phrase|code)|pwd|secret|token|identified by)[[:space:]]+)''([^'']|'''')*''', '\1''***''', 'gi');
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_message(pg_catalog.text) IS 'A message without what looks like a password';
