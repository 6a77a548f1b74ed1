-- Takes versions of objects of the caller's source. See take_objects.
CREATE OR REPLACE FUNCTION script_tracking.receive_objects(
    p_token pg_catalog.text,
    p_place pg_catalog.jsonb,
    p_objects pg_catalog.json,
    OUT o_versions pg_catalog.int8,
    OUT o_findings pg_catalog.int8
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT t.* FROM script_tracking.take_objects(script_tracking.vault_caller(p_token), p_place, p_objects) AS t
$function$;

COMMENT ON FUNCTION script_tracking.receive_objects(pg_catalog.text, pg_catalog.jsonb, pg_catalog.json) IS
    'Takes versions of objects of a source; for dbtrack push';
