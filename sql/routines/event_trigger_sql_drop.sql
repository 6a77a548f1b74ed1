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
BEGIN
    IF current_setting('dbtrack.ddl_extension', true) <> '' AND TG_TAG NOT LIKE '% EXTENSION'
        AND script_tracking.captured_in_extension() THEN
        RETURN;
    END IF;
    v_dropped := script_tracking.captured_drop(TG_TAG);
    IF v_dropped IS NOT NULL THEN
        v_dropped := set_config(
            'dbtrack.ddl_dropped' || regexp_count(coalesce(current_setting('dbtrack.ddl_stack', true), ''), ' '),
            script_tracking.capture_digest(v_dropped) || v_dropped, true);
    END IF;
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_sql_drop() IS
    'Hands the dropped objects to the end of the command';
