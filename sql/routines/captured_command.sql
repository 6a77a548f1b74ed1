-- What ddl_command_end knows of the command that ended: all that its record will hold. Writes no row.
CREATE OR REPLACE FUNCTION script_tracking.captured_command(
    p_command_tag pg_catalog.text,
    OUT o_is_recorded pg_catalog.bool,
    OUT o_started_at pg_catalog.timestamptz,
    OUT o_duration_us pg_catalog.int8,
    OUT o_nesting_level pg_catalog.int4,
    OUT o_tenant_hk pg_catalog.bytea,
    OUT o_objects pg_catalog.text[],
    OUT o_sql_command pg_catalog.text,
    OUT o_metadata pg_catalog.jsonb
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_start record;
    v_settings record;
    v_objects record;
BEGIN
    -- First of all: what follows is dbtrack's time, not the command's.
    v_start := script_tracking.captured_start();
    o_started_at := v_start.o_started_at;
    o_duration_us := v_start.o_duration_us;
    o_nesting_level := v_start.o_nesting_level;
    SELECT
        coalesce(max(s.setting_value) FILTER (WHERE s.setting_name = 'capture.enabled'), 'on') AS enabled,
        coalesce(max(s.setting_value) FILTER (WHERE s.setting_name = 'capture.temporary_objects'), 'off') AS temporary,
        coalesce(max(s.setting_value) FILTER (WHERE s.setting_name = 'capture.objects'), '1000')::pg_catalog.int4
            AS most_objects,
        coalesce(max(s.setting_value) FILTER (WHERE s.setting_name = 'capture.statement_characters'), '100000')
            ::pg_catalog.int4 AS statement_characters,
        coalesce(max(s.setting_value) FILTER (WHERE s.setting_name = 'redaction.mode'), 'secrets') AS redaction
    INTO v_settings
    FROM script_tracking.setting AS s;
    v_objects := script_tracking.captured_objects(
        p_command_tag, v_settings.temporary = 'on', v_settings.most_objects);
    o_is_recorded := v_settings.enabled = 'on' AND v_objects.o_is_recorded;
    IF NOT o_is_recorded THEN
        RETURN;
    END IF;
    o_objects := v_objects.o_identities;
    o_tenant_hk := script_tracking.captured_tenant(v_objects.o_schemas);
    o_sql_command := script_tracking.redact_statement(
        current_query(), v_settings.redaction, v_settings.statement_characters);
    o_metadata := script_tracking.session_metadata() || jsonb_strip_nulls(jsonb_build_object(
        'command_tag', p_command_tag,
        'duration_us', o_duration_us,
        'nesting_level', nullif(o_nesting_level, 0),
        'object_count', v_objects.o_object_count,
        'object_types', v_objects.o_types,
        'objects_by_type', v_objects.o_objects_by_type,
        'extension_members', nullif(v_objects.o_extension_members, 0)));
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_command(pg_catalog.text) IS
    'All that the record of the DDL command that just ended will hold';
