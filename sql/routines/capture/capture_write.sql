-- Writes the record of a DDL command: only rows with keys of their own, so that no two transactions can conflict. The
-- function calls are for the few commands that run inside another one, or that committed before their end.
CREATE OR REPLACE FUNCTION script_tracking.capture_write(
    p_command_tag pg_catalog.text,
    p_started_at pg_catalog.timestamptz,
    p_duration_us pg_catalog.int8,
    p_nesting_level pg_catalog.int4,
    p_tenant_hk pg_catalog.bytea,
    p_objects pg_catalog.text[],
    p_sql_command pg_catalog.text,
    p_metadata pg_catalog.jsonb,
    p_history pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_execution record;
    v_running CONSTANT pg_catalog.text := current_setting('dbtrack.ddl_running', true);
    v_objects CONSTANT pg_catalog.jsonb := p_history;
BEGIN
    IF p_nesting_level = 0 AND current_setting('dbtrack.ddl_running', true) <> ''
        AND script_tracking.capture_concurrent_end(p_objects, p_metadata, p_tenant_hk) THEN
        IF v_objects IS NOT NULL THEN
            -- As all versions of objects, these are found by the time of the version of the execution that made them.
            PERFORM script_tracking.write_history(v_objects, s.script_execution_hk, s.load_date, p_tenant_hk,
                script_tracking.record_source('event_trigger'))
            FROM script_tracking.script_execution_s AS s
            WHERE s.script_execution_hk = decode(v_running, 'hex') AND s.load_date >= statement_timestamp() AND s.load_end_date IS NULL;
        END IF;
        RETURN;
    END IF;
    v_execution := script_tracking.insert_execution(p_command_tag, 'DDL_AUTO', 'COMPLETED', p_started_at,
        p_duration_us, p_tenant_hk, p_objects, p_sql_command, NULL, p_metadata, 'event_trigger');
    IF v_objects IS NOT NULL THEN
        PERFORM script_tracking.write_history(v_objects, v_execution.o_script_execution_hk, v_execution.o_load_date,
            p_tenant_hk, v_execution.o_record_source);
    END IF;
    IF p_nesting_level > 0 OR current_setting('dbtrack.execution', true) <> ''
        OR current_setting('dbtrack.ddl_children', true) <> '' THEN
        PERFORM script_tracking.capture_links(v_execution.o_script_execution_hk, v_execution.o_load_date,
            p_nesting_level, p_tenant_hk, v_execution.o_record_source);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_write(
    pg_catalog.text, pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.int4, pg_catalog.bytea,
    pg_catalog.text[], pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb) IS 'Writes the record of a DDL command that succeeded';
