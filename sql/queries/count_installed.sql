SELECT
    (SELECT count(*) FROM pg_catalog.pg_event_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
     WHERE p.pronamespace = 'script_tracking'::regnamespace),
    (SELECT count(*) FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'script_tracking'::regnamespace),
    (SELECT count(*) FROM script_tracking.script_execution_h);
