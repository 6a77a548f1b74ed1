-- The three event triggers, made last. ENABLE ALWAYS: session_replication_role does not skip them.
-- Where they are not allowed (no superuser, nor the provider's stand-in), everything else is installed all the same.
DO $event_triggers$
BEGIN
    CREATE EVENT TRIGGER et_ddl_command_start ON ddl_command_start
        EXECUTE FUNCTION script_tracking.event_trigger_ddl_start();
    CREATE EVENT TRIGGER et_ddl_command_end ON ddl_command_end
        EXECUTE FUNCTION script_tracking.event_trigger_ddl_end();
    CREATE EVENT TRIGGER et_sql_drop ON sql_drop
        EXECUTE FUNCTION script_tracking.event_trigger_sql_drop();
    ALTER EVENT TRIGGER et_ddl_command_start ENABLE ALWAYS;
    ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS;
    ALTER EVENT TRIGGER et_sql_drop ENABLE ALWAYS;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING '% may not create event triggers: DDL will not be captured', current_user
        USING HINT = 'explicit tracking works; have a superuser run dbtrack install to capture DDL';
END
$event_triggers$;
