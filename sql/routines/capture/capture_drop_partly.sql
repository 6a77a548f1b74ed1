-- Used if capture_drop failed: passes what the command names, without what CASCADE dropped, and the SQLSTATE, for the
-- end of the command to record. A temporary object is recognised by its name alone.
CREATE OR REPLACE FUNCTION script_tracking.capture_drop_partly(
    p_command_tag pg_catalog.text,
    p_sqlstate pg_catalog.text,
    p_message pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_dropped pg_catalog.text;
BEGIN
    v_dropped := (SELECT jsonb_agg(jsonb_build_array(d.object_type, d.object_identity, d.schema_name,
            strpos(d.object_identity, 'pg_temp') > 0, p_sqlstate))::pg_catalog.text
        FROM pg_event_trigger_dropped_objects() AS d WHERE d.original);
    PERFORM set_config('dbtrack.ddl_dropped'
            || greatest(cardinality(string_to_array(current_setting('dbtrack.ddl_stack', true), ' ')) - 1, 0),
        script_tracking.capture_digest(v_dropped) || v_dropped, true);
    BEGIN -- as in capture_partly
        PERFORM nextval('script_tracking.capture_partial_seq');
    EXCEPTION
        WHEN OTHERS THEN
            NULL;
    END;
    RAISE WARNING 'dbtrack recorded this %, but not all that it dropped: %', p_command_tag, p_message
        USING ERRCODE = p_sqlstate, HINT = 'The command itself is not affected. Run: dbtrack doctor';
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        PERFORM script_tracking.capture_failed(p_command_tag, p_sqlstate, p_message);
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_drop_partly(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Passes what a command dropped to its end, if that could not be described in full';
