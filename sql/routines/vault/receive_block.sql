-- Takes a block of the seals of the caller's source, and verifies it. See take_block.
CREATE OR REPLACE FUNCTION script_tracking.receive_block(
    p_token pg_catalog.text,
    p_place pg_catalog.jsonb,
    p_block pg_catalog.jsonb,
    p_leaves pg_catalog.json,
    p_is_final pg_catalog.bool,
    OUT o_block_number pg_catalog.int8,
    OUT o_missing pg_catalog.jsonb,
    OUT o_findings pg_catalog.int8
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.* FROM script_tracking.take_block(script_tracking.vault_caller(p_token), p_place, p_block, p_leaves, p_is_final) AS t
$function$;

COMMENT ON FUNCTION script_tracking.receive_block(
    pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.json, pg_catalog.bool) IS
    'Takes a block of the seals of a source, and verifies it; for dbtrack push';
