-- Returns whether a JSON value is another one after an erasure: equal, but for names and texts that erase_json has replaced.
CREATE OR REPLACE FUNCTION script_tracking.is_erased_json(p_old pg_catalog.jsonb, p_new pg_catalog.jsonb)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_item CONSTANT pg_catalog.text := '^("(?:[^"]|"")*"|[^"=]*)=([A-Za-z*]*)/("(?:[^"]|"")*"|[^"=]*)$';
    v_old pg_catalog.text[];
    v_new pg_catalog.text[];
    -- The parts of a definition, which are no names.
    c_part CONSTANT pg_catalog.text := '^(object|definition|(comment )?(relation|(column|constraint|index|policy|rule|trigger) \d+))$';
BEGIN
    IF p_old IS NULL THEN
        RETURN NULL;
    ELSIF p_old = p_new THEN
        RETURN true;
    ELSIF jsonb_typeof(p_old) IS DISTINCT FROM jsonb_typeof(p_new) THEN
        RETURN false;
    ELSIF jsonb_typeof(p_old) = 'array' THEN
        RETURN jsonb_array_length(p_old) = jsonb_array_length(p_new) AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(p_new) WITH ORDINALITY AS n (value, place)
            WHERE NOT script_tracking.is_erased_json(p_old -> (n.place::pg_catalog.int4 - 1), n.value));
    ELSIF jsonb_typeof(p_old) = 'object' THEN
        -- A name that was a key is gone, and [erased] has its value.
        RETURN NOT EXISTS (SELECT FROM jsonb_each(p_new) AS n
                WHERE NOT coalesce(script_tracking.is_erased_json(p_old -> n.key, n.value), n.key = '[erased]' AND EXISTS (
                    SELECT FROM jsonb_each(p_old) AS o
                    WHERE NOT p_new ? o.key AND script_tracking.is_erased_json(o.value, n.value))))
            AND NOT EXISTS (SELECT FROM jsonb_object_keys(p_old) AS o (key)
                WHERE NOT p_new ? o.key AND (NOT p_new ? '[erased]' OR o.key ~ c_part));
    ELSIF jsonb_typeof(p_old) = 'string' THEN
        v_old := regexp_match(p_old #>> '{}', c_item);
        v_new := regexp_match(p_new #>> '{}', c_item);
        RETURN p_new #>> '{}' IN ('[erased]', '[redacted: erased]')
            OR coalesce(v_new[1] IN (v_old[1], '"[erased]"') AND v_new[2] = v_old[2] AND v_new[3] IN (v_old[3], '"[erased]"'), false);
    END IF;
    RETURN false;
END
$function$;

COMMENT ON FUNCTION script_tracking.is_erased_json(pg_catalog.jsonb, pg_catalog.jsonb) IS
    'Whether a JSON value is another one after an erasure; for the functions of this schema';
