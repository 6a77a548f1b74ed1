-- The installer's own DDL must not be captured by what it is replacing. Dropping the event triggers for the length of
-- its transaction needs their owner's rights: nobody else can copy it to evade tracking.
DO $drop_triggers$
DECLARE
    v_trigger name;
BEGIN
    FOR v_trigger IN
        SELECT t.evtname
        FROM pg_event_trigger AS t
        JOIN pg_proc AS p ON p.oid = t.evtfoid
        WHERE p.pronamespace = to_regnamespace('script_tracking')
    LOOP
        EXECUTE format('DROP EVENT TRIGGER %I', v_trigger);
    END LOOP;
END
$drop_triggers$;
