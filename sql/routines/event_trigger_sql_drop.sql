-- sql_drop: hands what was dropped to ddl_command_end, which records the command, once, with all its objects.
-- By nesting level: another's sql_drop trigger may run DDL of its own before that end comes.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_sql_drop()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
AS $function$
DECLARE
    v_dropped pg_catalog.text;
    v_is_plain pg_catalog.bool;
BEGIN
    IF coalesce(current_setting('dbtrack.ddl_extension', true), '') <> '' AND TG_TAG NOT LIKE '% EXTENSION'
        AND script_tracking.captured_in_extension() THEN
        RETURN;
    END IF;
    -- Nearly all drop what they name, and nothing with it but its parts: of these a table's defaults look as if they were
    -- more.
    SELECT bool_and((d.original OR d.object_type = 'default value') AND TG_TAG <> 'DROP EXTENSION'
            AND strpos(d.object_identity, '"') = 0 AND strpos(d.object_identity, 'pg_temp') = 0)
            AND (bool_and(d.original) OR (min(d.address_names[1:2]) = max(d.address_names[1:2])
                AND bool_and(d.object_type IN ('table', 'foreign table', 'default value')))),
        jsonb_agg(jsonb_build_array(d.object_type, d.object_identity, d.schema_name, false))
            FILTER (WHERE d.original)::pg_catalog.text
    INTO v_is_plain, v_dropped
    FROM pg_event_trigger_dropped_objects() AS d
    WHERE d.original OR d.normal OR d.object_type IN ('table', 'foreign table');
    IF NOT v_is_plain THEN
        v_dropped := script_tracking.captured_drop(TG_TAG);
    END IF;
    IF v_dropped IS NOT NULL THEN
        v_dropped := set_config(
            'dbtrack.ddl_dropped'
                || greatest(cardinality(string_to_array(current_setting('dbtrack.ddl_stack', true), ' ')) - 1, 0),
            script_tracking.capture_digest(v_dropped) || v_dropped, true);
    END IF;
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        v_dropped := script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_sql_drop() IS
    'Hands the dropped objects to the end of the command';
