-- Creates the four event triggers, last. ENABLE ALWAYS: session_replication_role does not skip them. If they are not
-- allowed (the installer is neither a superuser nor the provider's substitute for one, or an extension of the provider
-- such as supautils refuses them), everything else is installed anyway. While capture is suspended they stay absent.
DO $event_triggers$
DECLARE
    v_sqlstate text;
    v_message text;
BEGIN
    IF EXISTS (SELECT FROM script_tracking.suspension AS s WHERE s.resumed_at IS NULL) THEN
        RAISE WARNING 'capture stays suspended: the event triggers were not created'
            USING HINT = 'dbtrack resume creates them';
        RETURN;
    END IF;
    CREATE EVENT TRIGGER et_ddl_command_start ON ddl_command_start
        EXECUTE FUNCTION script_tracking.event_trigger_ddl_start();
    CREATE EVENT TRIGGER et_ddl_command_end ON ddl_command_end
        EXECUTE FUNCTION script_tracking.event_trigger_ddl_end();
    CREATE EVENT TRIGGER et_sql_drop ON sql_drop
        EXECUTE FUNCTION script_tracking.event_trigger_sql_drop();
    CREATE EVENT TRIGGER et_table_rewrite ON table_rewrite
        EXECUTE FUNCTION script_tracking.event_trigger_table_rewrite();
    ALTER EVENT TRIGGER et_ddl_command_start ENABLE ALWAYS;
    ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS;
    ALTER EVENT TRIGGER et_sql_drop ENABLE ALWAYS;
    ALTER EVENT TRIGGER et_table_rewrite ENABLE ALWAYS;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
    -- These are not refusals: somebody else's trigger of that name, a missing function, a lock, a conflict, an error of
    -- the server itself.
    IF v_sqlstate IN ('42710', '42883', '55P03') OR left(v_sqlstate, 2) IN ('40', '53', '57', '58') THEN
        RAISE;
    END IF;
    RAISE WARNING '% may not create event triggers: DDL will not be captured (%)', current_user, v_message
        USING HINT = 'explicit tracking works; to capture DDL, have a superuser or your provider''s stand-in for one '
            'run dbtrack install';
END
$event_triggers$;
