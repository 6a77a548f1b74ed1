-- What pg_event_trigger_ddl_commands() does not show of the ending command: what sql_drop handed over for this nesting
-- level, if it is what sql_drop wrote, taken once; and the extensions that CASCADE made.
CREATE OR REPLACE FUNCTION script_tracking.captured_besides(
    p_command_tag pg_catalog.text,
    p_nesting_level pg_catalog.int4
)
RETURNS TABLE (
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    schema_name pg_catalog.text,
    is_temporary pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_setting pg_catalog.text := 'dbtrack.ddl_dropped' || p_nesting_level;
    v_dropped pg_catalog.text := current_setting(v_setting, true);
BEGIN
    IF p_command_tag = 'CREATE EXTENSION' THEN
        RETURN QUERY
        SELECT 'extension', x.object_identity, NULL, false
        FROM script_tracking.captured_extensions() AS x (object_identity);
    END IF;
    IF v_dropped IS NULL OR v_dropped = '' THEN
        RETURN;
    END IF;
    PERFORM set_config(v_setting, '', true);
    IF left(v_dropped, 64) IS DISTINCT FROM script_tracking.capture_digest(substr(v_dropped, 65)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d.value ->> 0, d.value ->> 1, d.value ->> 2, (d.value ->> 3)::pg_catalog.bool
    FROM jsonb_array_elements(substr(v_dropped, 65)::pg_catalog.jsonb) AS d;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_besides(pg_catalog.text, pg_catalog.int4) IS
    'What the ending DDL command dropped, and the extensions that it made beside the one it names';
