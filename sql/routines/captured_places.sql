-- Where the statements of a string lie, read once in a transaction and kept in a setting, authenticated: a cut elsewhere
-- could open a literal to what redaction sees as code. NULL if it cannot be told, or takes too long.
CREATE OR REPLACE FUNCTION script_tracking.captured_places(
    p_string pg_catalog.text,
    p_key pg_catalog.text,
    p_is_inner pg_catalog.bool
)
RETURNS pg_catalog._int4
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_setting pg_catalog.text := CASE WHEN p_is_inner THEN 'dbtrack.ddl_inner_places' ELSE 'dbtrack.ddl_places' END;
    v_kept pg_catalog.text := coalesce(current_setting(v_setting, true), '');
    v_places pg_catalog.text;
BEGIN
    IF starts_with(substr(v_kept, 65), p_key)
        AND left(v_kept, 64) = script_tracking.capture_digest('places ' || substr(v_kept, 65)) THEN
        RETURN nullif(substr(v_kept, 65 + length(p_key)), '')::pg_catalog._int4;
    END IF;
    IF length(p_string) <= 200000 THEN
        v_places := script_tracking.split_statements(p_string)::pg_catalog.text;
    END IF;
    v_kept := p_key || coalesce(v_places, '');
    PERFORM set_config(v_setting, script_tracking.capture_digest('places ' || v_kept) || v_kept, true);
    RETURN v_places::pg_catalog._int4;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_places(pg_catalog.text, pg_catalog.text, pg_catalog.bool) IS
    'Where the statements of the string that runs lie, read once in a transaction';
