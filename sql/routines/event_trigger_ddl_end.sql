-- ddl_command_end: one execution for the command, with all its objects.
-- What can fail is computed in a guarded block, which takes no subtransaction id because it writes nothing. The rows
-- are written in a guarded block too, for the first 32 commands of a transaction: more would overflow the backend's
-- cache of 64 subtransactions. By then the tables have taken 32 rows, and their locks are held to the end.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_end()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
SET "DateStyle" = 'ISO, YMD'
SET "TimeZone" = 'UTC'
SET bytea_output = hex
-- Small look-ups by key: planning them anew each time costs more than any plan could save.
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_captured record;
    v_guarded pg_catalog.int4;
BEGIN
    BEGIN
        IF TG_TAG LIKE '% EXTENSION' THEN
            PERFORM set_config('dbtrack.ddl_extension', '', true);
        END IF;
        v_captured := script_tracking.captured_command(TG_TAG);
        v_guarded := CASE WHEN current_setting('dbtrack.ddl_guarded', true) ~ '^[0-9]{1,4}$'
            THEN current_setting('dbtrack.ddl_guarded', true)::pg_catalog.int4 ELSE 0 END;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
            RETURN;
    END;
    IF NOT v_captured.o_is_recorded THEN
        RETURN;
    END IF;
    IF v_guarded >= 32 THEN
        PERFORM script_tracking.capture_write(TG_TAG, v_captured.o_started_at, v_captured.o_duration_us,
            v_captured.o_nesting_level, v_captured.o_tenant_hk, v_captured.o_objects, v_captured.o_sql_command,
            v_captured.o_metadata);
        RETURN;
    END IF;
    BEGIN
        PERFORM script_tracking.capture_write(TG_TAG, v_captured.o_started_at, v_captured.o_duration_us,
            v_captured.o_nesting_level, v_captured.o_tenant_hk, v_captured.o_objects, v_captured.o_sql_command,
            v_captured.o_metadata);
        PERFORM set_config('dbtrack.ddl_guarded', (v_guarded + 1)::pg_catalog.text, true);
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_end() IS
    'Records a DDL command that succeeded: one execution with all its objects';
