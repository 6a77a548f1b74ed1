-- The installer's own DDL must not be captured by the functions that it is replacing. Only the owner of the event
-- triggers can drop them for the length of a transaction: nobody else can do this to evade tracking. dbtrack's event
-- triggers are those that run its capture functions, under whatever name; another trigger in this schema belongs to
-- somebody else.
DO $drop_triggers$
DECLARE
    v_trigger name;
BEGIN
    FOR v_trigger IN
        SELECT t.evtname
        FROM pg_event_trigger AS t
        JOIN pg_proc AS p ON p.oid = t.evtfoid
        WHERE p.pronamespace = to_regnamespace('script_tracking')
            AND p.proname IN ('event_trigger_ddl_start', 'event_trigger_ddl_end', 'event_trigger_sql_drop',
                'event_trigger_table_rewrite')
    LOOP
        EXECUTE format('DROP EVENT TRIGGER %I', v_trigger);
    END LOOP;
END
$drop_triggers$;
