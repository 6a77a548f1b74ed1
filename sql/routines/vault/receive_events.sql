-- Takes a batch of the caller's source: its events, and their rows. See take_events.
CREATE OR REPLACE FUNCTION script_tracking.receive_events(
    p_token pg_catalog.text,
    p_batch pg_catalog.jsonb,
    p_rows pg_catalog.json,
    OUT o_event_number pg_catalog.int8,
    OUT o_versions pg_catalog.int8
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.* FROM script_tracking.take_events(script_tracking.vault_caller(p_token), p_batch, p_rows) AS t
$function$;

COMMENT ON FUNCTION script_tracking.receive_events(pg_catalog.text, pg_catalog.jsonb, pg_catalog.json) IS
    'Takes events of a source with their rows; for dbtrack push';
