-- Takes what looks like a password out of a message: conninfo pairs, URIs, PASSWORD '…'.
CREATE OR REPLACE FUNCTION script_tracking.redact_message(p_message pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN regexp_replace(
    regexp_replace(p_message, '(://[^/:@[:space:]]*):[^/@[:space:]]+@', '\1:***@', 'g'),
    '((pass(word|wd|phrase|code)|pwd|secret|token|api_?key|access_?key|private_?key)"?[[:space:]]*(=|:|[[:space:]])[[:space:]]*)'
    '(''([^'']|'''')*''|"[^"]*"|[^[:space:],;)]+)', '\1***', 'gi');

COMMENT ON FUNCTION script_tracking.redact_message(pg_catalog.text) IS 'A message without what looks like a password';
