-- Records a statement that commits before its end (as CONCURRENTLY does) when it starts: if it fails, this record
-- remains. The setting only says where to look; capture_concurrent_end relies on the row.
CREATE OR REPLACE FUNCTION script_tracking.capture_concurrent_start(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_execution record;
    v_statement record;
BEGIN
    -- Within another DDL command no statement can commit before its end. That case is recognised by the transaction id,
    -- because the session could have forged the stack.
    IF (strpos(current_setting('dbtrack.ddl_stack', true), ' ') > 0 AND pg_current_xact_id_if_assigned() IS NOT NULL)
        OR script_tracking.current_setting_value('capture.enabled') = 'off' THEN
        RETURN;
    END IF;
    v_statement := script_tracking.captured_statement(p_command_tag, p_context, NULL, NULL, false);
    SELECT i.o_script_execution_hk, i.o_load_date, i.o_record_source INTO v_execution
    FROM script_tracking.insert_execution(p_command_tag, 'DDL_AUTO', 'RUNNING', clock_timestamp(), NULL,
        script_tracking.own_tenant(), '{}',
        script_tracking.redact_part(v_statement.o_statement, v_statement.o_statement || current_query(),
            script_tracking.current_setting_value('redaction.mode'),
            script_tracking.current_setting_value('capture.statement_characters')::pg_catalog.int4),
        NULL, script_tracking.session_metadata() || jsonb_strip_nulls(jsonb_build_object(
            'command_tag', p_command_tag, 'statement_is_whole', v_statement.o_is_whole)),
        'event_trigger') AS i;
    PERFORM script_tracking.open_execution(v_execution.o_script_execution_hk, v_execution.o_load_date, true,
        statement_timestamp());
    PERFORM script_tracking.link_claimed_parent(v_execution.o_script_execution_hk, v_execution.o_load_date, NULL,
        v_execution.o_record_source);
    PERFORM set_config('dbtrack.ddl_running', encode(v_execution.o_script_execution_hk, 'hex'), false);
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_concurrent_start(pg_catalog.text, pg_catalog.text) IS
    'Records the start of a DDL command that commits before its end';
