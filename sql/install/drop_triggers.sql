-- The installer's own DDL must not be captured by what it is replacing. Dropping the event triggers for the length of
-- its transaction needs their owner's rights: nobody else can copy it to evade tracking.
-- Ours are those that run our capture functions, under whatever name; another one in this schema is somebody else's.
DO $drop_triggers$
DECLARE
    v_trigger name;
BEGIN
    FOR v_trigger IN
        SELECT t.evtname
        FROM pg_event_trigger AS t
        JOIN pg_proc AS p ON p.oid = t.evtfoid
        WHERE p.pronamespace = to_regnamespace('script_tracking')
            AND p.proname IN ('event_trigger_ddl_start', 'event_trigger_ddl_end', 'event_trigger_sql_drop')
    LOOP
        EXECUTE format('DROP EVENT TRIGGER %I', v_trigger);
    END LOOP;
END
$drop_triggers$;
