-- Returns the one line that says what went wrong, from all that was stored: the end of a command's stderr, or an
-- exception with its details. This is metadata.cause if the writer set it; otherwise the server's error as psql prints
-- it; otherwise the last line before the server's details, where most programs print the error.
CREATE OR REPLACE FUNCTION script_tracking.error_cause(p_message pg_catalog.text, p_metadata pg_catalog.jsonb)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_cause pg_catalog.text := coalesce(
        nullif(p_metadata ->> 'cause', ''),
        substring(p_message FROM '(?n)^(?:psql:.*:[0-9]+: )?(?:ERROR|FATAL|PANIC):  (?:[0-9A-Z]{5}: )?(.*)$'),
        substring(p_message FROM '(?n)^(killed by SIG[A-Z0-9]+)$'));
    v_message pg_catalog.text;
BEGIN
    IF v_cause IS NULL THEN
        v_message := regexp_replace(p_message, '\n(LINE [0-9]+|DETAIL|HINT|CONTEXT|QUERY|STATEMENT):.*$', '');
        v_cause := substring(v_message FROM '(?p)([^\n]*[^[:space:]][^\n]*)[[:space:]]*$');
    END IF;
    RETURN nullif(btrim(v_cause), '');
END
$function$;

COMMENT ON FUNCTION script_tracking.error_cause(pg_catalog.text, pg_catalog.jsonb) IS
    'The one line of a recorded error that says what went wrong';
