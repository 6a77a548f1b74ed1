-- Takes waits for locks of the caller's source. See take_waits.
CREATE OR REPLACE FUNCTION script_tracking.receive_waits(
    p_token pg_catalog.text,
    p_place pg_catalog.jsonb,
    p_waits pg_catalog.json,
    OUT o_waits pg_catalog.int8,
    OUT o_findings pg_catalog.int8
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.* FROM script_tracking.take_waits(script_tracking.vault_caller(p_token), p_place, p_waits) AS t
$function$;

COMMENT ON FUNCTION script_tracking.receive_waits(pg_catalog.text, pg_catalog.jsonb, pg_catalog.json) IS
    'Takes waits for locks of a source; for dbtrack push';
