-- Returns how far the caller's source is, and notes that it was here. See take_push.
CREATE OR REPLACE FUNCTION script_tracking.begin_push(
    p_token pg_catalog.text,
    p_place pg_catalog.jsonb,
    p_last_block pg_catalog.int8,
    OUT o_source_name pg_catalog.text,
    OUT o_event_number pg_catalog.int8,
    OUT o_block_number pg_catalog.int8,
    OUT o_refused pg_catalog.text
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.* FROM script_tracking.take_push(script_tracking.vault_caller(p_token), p_place, p_last_block) AS t
$function$;

COMMENT ON FUNCTION script_tracking.begin_push(pg_catalog.text, pg_catalog.jsonb, pg_catalog.int8) IS
    'How far the source of a token or login is; for dbtrack push';
