-- Returns a JSON value without a person: a name that is the subject becomes [erased], also in an item of a privilege list. Any other
-- text that mentions it is replaced as a whole, by what stands where a secret was: so nobody takes the rest for the whole.
CREATE OR REPLACE FUNCTION script_tracking.erase_json(p_value pg_catalog.jsonb, p_subject pg_catalog.text)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_pattern CONSTANT pg_catalog.text := script_tracking.erase_pattern(p_subject);
    v_text pg_catalog.text := p_value #>> '{}';
    -- Of an item of a privilege list, as PostgreSQL writes it: grantee=privileges/grantor. A quoted name can contain = and /.
    v_item pg_catalog.text[] := regexp_match(v_text, '^("(?:[^"]|"")*"|[^"=]*)=([A-Za-z*]*)/("(?:[^"]|"")*"|[^"=]*)$');
BEGIN
    RETURN CASE
        WHEN jsonb_typeof(p_value) = 'array' THEN (
            SELECT coalesce(jsonb_agg(script_tracking.erase_json(a.value, p_subject) ORDER BY a.ordinality), '[]')
            FROM jsonb_array_elements(p_value) WITH ORDINALITY AS a)
        WHEN jsonb_typeof(p_value) = 'object' THEN (
            SELECT coalesce(jsonb_object_agg(CASE WHEN o.key ~* v_pattern THEN '[erased]' ELSE o.key END,
                script_tracking.erase_json(o.value, p_subject)), '{}')
            FROM jsonb_each(p_value) AS o)
        WHEN jsonb_typeof(p_value) <> 'string' OR v_text !~* v_pattern THEN p_value
        WHEN lower(v_text) = lower(p_subject) THEN '"[erased]"'
        WHEN v_item IS NOT NULL
            THEN to_jsonb(CASE WHEN v_item[1] ~* v_pattern THEN '"[erased]"' ELSE v_item[1] END || '=' || v_item[2] || '/'
                || CASE WHEN v_item[3] ~* v_pattern THEN '"[erased]"' ELSE v_item[3] END)
        ELSE '"[redacted: erased]"' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_json(pg_catalog.jsonb, pg_catalog.text) IS
    'A JSON value without a person; for the functions that erase';
