-- Returns the keys of one object whose values differ in the other, or are missing there.
CREATE OR REPLACE FUNCTION script_tracking.jsonb_difference(p_object pg_catalog.jsonb, p_other pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}')
    FROM jsonb_each(p_object) AS e
    WHERE e.value IS DISTINCT FROM p_other -> e.key
$function$;

COMMENT ON FUNCTION script_tracking.jsonb_difference(pg_catalog.jsonb, pg_catalog.jsonb) IS
    'The keys of an object whose values differ in, or are missing from, another';
